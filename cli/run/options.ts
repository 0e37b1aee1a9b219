import type { CommonOptions } from "../command.ts";
import { usageError } from "../failure.ts";
import { mountOfOption } from "../input/mount-option.ts";
import { mountOfVolume } from "../input/volume.ts";
import type { Io } from "../io.ts";

/** The options of `guestshare run`. */
export interface RunCommandOptions extends CommonOptions {
  readonly volume?: readonly string[];
  readonly mount?: readonly string[];
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly kernel?: string;
  readonly memory?: string;
  readonly cpus?: string;
}

/** Something to share at a place. */
export interface RequestedShare {
  readonly source: string;
  readonly target: string;
  readonly mode: "ro" | "rw";
  readonly recursive: boolean;
}

/** What `-v` and `--mount` share. */
export function requestedShares({ cwd }: Io, options: RunCommandOptions): RequestedShare[] {
  const volumes = (options.volume ?? []).map((text) => ["-v", text, mountOfVolume(text, cwd)] as const);
  const mounts = (options.mount ?? []).map((text) => ["--mount", text, mountOfOption(text, cwd)] as const);
  return [...volumes, ...mounts].map(([flag, text, mount]) => {
    const { type = "bind", source = "", destination: target, options: words = [] } = mount;
    const refuse = (why: string) =>
      usageError(`Cannot read ${flag} ${JSON.stringify(text)}`, "write such as -v /srv/data:/data:ro", why);
    if (type !== "bind") throw refuse(`run shares binds, and its type is ${JSON.stringify(type)}`);
    const unknown = words.find((each) => !["ro", "rw", "bind", "rbind"].includes(each));
    if (unknown !== undefined) throw refuse(`run knows ro and rw, and not ${JSON.stringify(unknown)}`);
    if (words.includes("ro") && words.includes("rw")) throw refuse("it is both ro and rw");
    const mode = words.includes("ro") ? "ro" : "rw";
    return { source, target, mode, recursive: !words.includes("bind") };
  });
}

/** What `-e` sets. */
export function requestedVariables({ env = [] }: RunCommandOptions): Record<string, string> {
  return Object.fromEntries(
    env.map((text) => {
      const at = text.indexOf("=");
      if (at < 1) throw usageError(`Cannot read -e ${JSON.stringify(text)}`, "write NAME=VALUE");
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** Where `-w` has the command start. */
export function requestedDirectory({ workdir }: RunCommandOptions): string | undefined {
  if (workdir === undefined || workdir.startsWith("/")) return workdir;
  throw usageError(`Cannot start in -w ${JSON.stringify(workdir)}`, "write an absolute path of the machine");
}

/** The machine's size. */
export function requestedSize({ memory, cpus }: RunCommandOptions): { memoryMiB?: number; cpus?: number } {
  return {
    ...(memory !== undefined && { memoryMiB: mebibytesOf(memory) }),
    ...(cpus !== undefined && { cpus: countOf(cpus) }),
  };
}

function mebibytesOf(text: string): number {
  const [, digits, unit = "M"] = /^(\d{1,9})([MG])?(?:iB|B)?$/i.exec(text) ?? [];
  const size = Number(digits) * (unit.toUpperCase() === "G" ? 1024 : 1);
  if (digits !== undefined && size >= 64 && size <= 65_536) return size;
  throw usageError(
    `Cannot read --memory ${JSON.stringify(text)}`,
    "write such as 512M or 2G, from 64M to 64G",
  );
}

function countOf(text: string): number {
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= 64) return count;
  throw usageError(`Cannot read --cpus ${JSON.stringify(text)}`, "write a number from 1 to 64");
}
