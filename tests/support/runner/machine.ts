import { readFileSync } from "node:fs";

/** The mounts of this namespace and of the machine's first process, where that one lets us look. */
export function machineMounts(): string[] {
  return ["/proc/self/mountinfo", "/proc/1/mountinfo"].flatMap((path) => {
    try {
      return readFileSync(path, "latin1")
        .split("\n")
        .map((line) => (line === "" ? "" : `${path}: ${line}`))
        .filter((line) => line !== "");
    } catch {
      return [];
    }
  });
}

/** What is in one list of mounts only. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const gone = before.filter((line) => !after.includes(line)).map((line) => `- ${line}`);
  const added = after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`);
  return [...gone, ...added];
}
