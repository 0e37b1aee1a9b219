/**
 * A field of a launch line has a value that cannot be used: nothing was started.
 *
 * @example
 * ```ts
 * import { LaunchError, virtiofsdArguments } from "guestshare/vm";
 *
 * try {
 *   virtiofsdArguments({
 *     program: "rust",
 *     socket: "/run/v.sock",
 *     directory: "/srv",
 *     extraArguments: ["--sandbox=none"],
 *   });
 * } catch (error) {
 *   if (!(error instanceof LaunchError)) throw error;
 *   console.log(error.path, error.reason); // extraArguments[0] has to be "namespace" or "chroot" as sandbox
 * }
 * ```
 */
export class LaunchError extends Error {
  /** Always "LaunchError". */
  override readonly name = "LaunchError";
  /** Which field is wrong, such as `disks[0].file`. */
  readonly path: string;
  /** What is wrong with it, and what may be there: the end of a sentence whose subject is the field. */
  readonly reason: string;

  /** Of a field's path, its value, and what is wrong with it. */
  constructor(path: string, value: unknown, reason: string) {
    super(`Cannot launch with ${path} ${quoted(value)}: it ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

const LONGEST = 200;

// One line, of any value whatever.
function quoted(value: unknown): string {
  if (typeof value !== "string") return typeof value === "object" ? "(an object)" : String(value);
  const text = JSON.stringify(value.slice(0, LONGEST));
  return value.length > LONGEST ? `${text}…` : text;
}
