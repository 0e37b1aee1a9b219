/**
 * Whether a line of a listing is a regular file that is called as an agent's temporary file of it: everything before the
 * last dot is its stem, where that is anything.
 */
export function isTemporaryFile(line: string): boolean {
  return /^'[^']*[^/]\.tmp' 0o10/.test(line);
}

/** What the result of a copy says of such a file. */
export function lostReason(line: string): string {
  return line.replace(/^'\.\/([^']*)'.*/, "$1: temporary-name");
}
