import { insteadOf } from "../../words/nearest.ts";
import { LaunchError } from "./launch-error.ts";

// struct sockaddr_un's sun_path has 108 bytes, the last one 0 (unix(7)).
const LONGEST_SOCKET = 107;
// The field `tag` of struct virtio_fs_config (include/uapi/linux/virtio_fs.h).
const LONGEST_TAG = 36;

/** Refuses names of fields that there are not, which would be ignored: a read-only disk would be writable. */
export function checkNames(fields: object, names: readonly string[], path: string): void {
  if (typeof fields !== "object" || fields === null)
    throw new LaunchError(path === "" ? "options" : path, fields, "has to be an object");
  for (const name of Object.keys(fields)) {
    if (!names.includes(name))
      throw new LaunchError(
        path === "" ? name : `${path}.${name}`,
        Reflect.get(fields, name),
        `is no field here; ${insteadOf(name, names)}`,
      );
  }
}

/** A text that a program gets unchanged: no NUL, and no lone surrogate, which would become another character. */
export function text(value: unknown, path: string): string {
  if (typeof value !== "string") throw new LaunchError(path, value, "has to be a text");
  if (/[\0\p{Surrogate}]/u.test(value))
    throw new LaunchError(path, value, "has to be text without NUL and lone surrogates");
  return value;
}

/** A path that means the same in every directory. */
export function absolutePath(value: unknown, path: string): string {
  const found = text(value, path);
  if (!found.startsWith("/")) throw new LaunchError(path, value, "has to be an absolute path");
  return found;
}

/** The path of a unix socket. */
export function socketPath(value: unknown, path: string): string {
  const found = absolutePath(value, path);
  // /proc/net/unix has a line for each socket.
  if (/\p{Cc}/u.test(found)) throw new LaunchError(path, value, "has to be without control characters");
  if (bytesOf(found) > LONGEST_SOCKET)
    throw new LaunchError(path, value, `has to be at most ${LONGEST_SOCKET} bytes long (unix(7))`);
  return found;
}

/** The name by which a guest mounts a virtio-fs device. */
export function tag(value: unknown, path: string): string {
  const found = text(value, path);
  if (found === "" || bytesOf(found) > LONGEST_TAG || /\p{Cc}/u.test(found))
    throw new LaunchError(
      path,
      value,
      `has to be 1 to ${LONGEST_TAG} bytes long, without control characters`,
    );
  return found;
}

/** A whole number within bounds. */
export function count(
  value: unknown,
  path: string,
  { least, most }: { least: number; most: number },
): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most)
    throw new LaunchError(path, value, `has to be a whole number from ${least} to ${most}`);
  return value;
}

/** One of a few words. */
export function oneOf<Word extends string>(value: unknown, path: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new LaunchError(path, value, `has to be ${either(words)}`);
  return found;
}

/** True or false. */
export function flag(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new LaunchError(path, value, "has to be true or false");
  return value;
}

/** A list of words for a person: `"a", "b" or "c"`. */
export function either(words: readonly string[]): string {
  const all = words.map((word) => JSON.stringify(word));
  return [all.slice(0, -1).join(", "), ...all.slice(-1)].filter((part) => part !== "").join(" or ");
}

function bytesOf(value: string): number {
  return new TextEncoder().encode(value).length;
}
