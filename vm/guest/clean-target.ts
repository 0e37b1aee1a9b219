import { GuestMountError } from "./guest-mount-error.ts";

/** An absolute path without empty names, "." and "..", as the guest's kernel prints it. Throws `GuestMountError` for any other. */
export function cleanTarget(path: string): string {
  const cleaned = cleanPath(path);
  if (cleaned === "") throw new GuestMountError("path", path);
  return cleaned;
}

/** The same for a path that may be the root, which is "". */
export function cleanPath(path: string): string {
  if (!path.startsWith("/") || !isText(path)) throw new GuestMountError("path", path);
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return names.map((name) => `/${name}`).join("");
}

/** Whether a script can say this text: a NUL ends a word, and a lone surrogate would become another character. */
export function isText(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}
