import type { ReadStream } from "node:tty";
import type { Guest } from "./guest.ts";

/** Types on a guest's console what comes from an input, a terminal or not, until the machine ends. */
export async function typeFrom(input: ReadStream, { keyboard, ended }: Guest): Promise<void> {
  if (input.isTTY) input.setRawMode(true); // all keys are the guest's
  input.pipe(keyboard, { end: false });
  await ended;
  input.unpipe(keyboard).pause();
  if (input.isTTY) input.setRawMode(false);
}
