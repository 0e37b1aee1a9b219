/** Whether an absolute path is another one or below it. */
export function isWithin(path: string, directory: string): boolean {
  if (directory === "/") return true;
  // That is asked of each mount several times. A slice is compared faster than startsWith looks, and takes no copy.
  const { length } = directory;
  const isLongEnough = path.length === length || path.charCodeAt(length) === SLASH;
  return isLongEnough && path.slice(0, length) === directory;
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
  return path === "/" || (path.startsWith("/") && !unclean.test(path));
}

const unclean = /\/(?:\.{0,2})(?:\/|$)/;
