/** Whether an absolute path is another one or below it. */
export function isWithin(path: string, directory: string): boolean {
  if (directory === "/") return true;
  // Without a new text: that is asked of each mount.
  const { length } = directory;
  return path.startsWith(directory) && (path.length === length || path.charCodeAt(length) === SLASH);
}

const SLASH = 0x2f;

/** What follows a directory in a path that is within it: "" for the directory itself, else it begins with a slash. */
export function pathBelow(path: string, directory: string): string {
  if (path === directory) return "";
  return directory === "/" ? path : path.slice(directory.length);
}

/** A directory with what `pathBelow` gave. */
export function joinPath(directory: string, below: string): string {
  if (below === "") return directory;
  return directory === "/" ? below : directory + below;
}

/** The path and those above it, from "/" on. */
export function* pathsTo(path: string): Generator<string> {
  yield "/";
  for (let end = path.indexOf("/", 1); end !== -1; end = path.indexOf("/", end + 1)) yield path.slice(0, end);
  if (path !== "/") yield path;
}

/** The last name of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether it is an absolute path as the kernel writes one: no empty name in it, and none that is "." or "..". */
export function isCleanPath(path: string): boolean {
  if (path === "/") return true;
  if (!path.startsWith("/")) return false;
  // Nearly all are told by this alone.
  const mayBeUnclean = path.endsWith("/") || path.includes("/.") || path.includes("//");
  return !mayBeUnclean || !unclean.test(path);
}

const unclean = /\/(?:\.{0,2})(?:\/|$)/;
