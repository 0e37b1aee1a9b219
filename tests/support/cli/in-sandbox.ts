import type { Scratch } from "../scratch.ts";
import { commandHere, terminalHere } from "./command-here.ts";
import type { CommandResult, CommandSetting } from "./run-command.ts";

/** The words that name a test's sandbox. */
export function named(scratch: Scratch, id = "s1"): string[] {
  return ["--id", id, "--host-dir", scratch.hostDir];
}

/** Runs a command for the test's sandbox in this process, as in a pipe. */
export function inSandbox(
  scratch: Scratch,
  [command = "", ...words]: readonly string[],
  setting?: CommandSetting,
): Promise<CommandResult> {
  return commandHere([command, ...named(scratch), ...words], setting);
}

/** The same as in a terminal. */
export function inTerminal(
  scratch: Scratch,
  [command = "", ...words]: readonly string[],
  setting?: CommandSetting,
): Promise<CommandResult> {
  return terminalHere([command, ...named(scratch), ...words], setting);
}

/** The bundle of a container c1 that has a root filesystem, and shares $path/data read-only; its path. */
export function bundleOf(scratch: Scratch, mounts: readonly object[] = []): string {
  const data = scratch.directory("data");
  scratch.file("data/file", "of the host\n");
  scratch.directory("c1/rootfs");
  const shared = { destination: "/data", type: "bind", source: data, options: ["rbind", "ro"] };
  const proc = { destination: "/proc", type: "proc", source: "proc" };
  scratch.file(
    "c1/config.json",
    JSON.stringify({ root: { path: "rootfs" }, mounts: [proc, shared, ...mounts] }),
  );
  return `${scratch.path}/c1`;
}

/** The bundle of a container that takes a while: its files are shared one by one. */
export function largeBundle(scratch: Scratch): string {
  return bundleOfFiles(scratch, 3000);
}

/** The bundle of a container that shares so many files. */
export function bundleOfFiles(scratch: Scratch, count: number): string {
  scratch.directory("c1/rootfs");
  const mounts = Array.from({ length: count }, (_, at) => {
    const source = scratch.file(`files/${at}`);
    return { destination: `/f${at}`, type: "bind", source, options: ["ro"] };
  });
  scratch.file("c1/config.json", JSON.stringify({ root: { path: "rootfs" }, mounts }));
  return `${scratch.path}/c1`;
}

/** A text without what differs each time: the test's directory, and digits that were rolled. */
export function comparable(text: string, { path }: Scratch): string {
  return text.replaceAll(path, "$DIR").replace(/\b[0-9a-f]{16}\b/g, "<digits>");
}
