import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReadStream } from "node:tty";
import type { Guest } from "./guest.ts";

const AGAIN_MS = 300;
const CTRL_D = "\x04";
const NEWLINE = 10;

/**
 * Types on a guest's console what comes from an input, a terminal or not, until the machine ends: where the input ends, its
 * shell does.
 */
export async function typeFrom(input: ReadStream, { keyboard, ended }: Guest): Promise<void> {
  if (input.isTTY) input.setRawMode(true); // all keys are the guest's
  input.pipe(keyboard, { end: false });
  let last = NEWLINE;
  input.on("data", (bytes: Buffer) => {
    last = bytes.at(-1) ?? last;
  });
  input.once("end", () => typeEnd(keyboard, last));
  await ended;
  input.unpipe(keyboard).pause();
  if (input.isTTY) input.setRawMode(false);
}

// Ctrl-D is an end only where a line begins, and only to the program that reads then: there may be several.
async function typeEnd(keyboard: Writable, last: number): Promise<void> {
  if (last !== NEWLINE) keyboard.write("\n");
  while (keyboard.writable) {
    keyboard.write(CTRL_D);
    await sleep(AGAIN_MS);
  }
}
