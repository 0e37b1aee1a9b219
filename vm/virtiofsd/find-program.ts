import { execFile } from "node:child_process";
import { accessSync, constants, existsSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import type { VirtiofsdKind } from "../launch/virtiofsd-options.ts";
import { keptGroups } from "./supplementary-groups.ts";

/** A virtiofsd that is installed. */
export interface VirtiofsdProgram {
  readonly path: string;
  readonly kind: VirtiofsdKind;
  /** What it prints with `--help`. */
  readonly help: string;
}

// Of Debian, Fedora and Ubuntu; of QEMU until 7.2; of Arch.
const places = ["/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd", "/usr/lib/virtiofsd"];

/** The path of the virtiofsd that GUESTSHARE_VIRTIOFSD names, else of one that is installed; undefined if there is none. */
export function findVirtiofsd(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { GUESTSHARE_VIRTIOFSD: chosen = "", PATH = "" } = environment;
  if (chosen !== "") return isProgram(chosen) ? chosen : undefined;
  const named = PATH.split(delimiter).filter((directory) => directory.startsWith("/"));
  return [...places, ...named.map((directory) => join(directory, "virtiofsd"))].find(isProgram);
}

/** Debian's package that has one: where QEMU's package is there without one, another package has it. */
export function virtiofsdPackage(): string {
  return existsSync("/usr/lib/qemu/qemu-bridge-helper") ? "virtiofsd" : "qemu-system-common";
}

/** What to do if there is none. */
export function withoutVirtiofsd(chosen: string): string {
  if (chosen !== "") return `GUESTSHARE_VIRTIOFSD is no program: ${JSON.stringify(chosen)}`;
  return "no virtiofsd is installed: apt-get install virtiofsd, or qemu-system-common on Debian 12";
}

/** Where a program of the system is: in PATH, or where only root's PATH leads. */
export function findProgram(name: string): string | undefined {
  const directories = (process.env.PATH ?? "").split(delimiter).filter((each) => each.startsWith("/"));
  return [...directories, "/usr/sbin", "/sbin"].map((each) => join(each, name)).find(isProgram);
}

/** Whether an absolute path leads to a program that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return path.startsWith("/") && statSync(path).isFile();
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error; // Deno's, of a permission
    return false;
  }
}

const HELP_TIMEOUT_MS = 10_000;

/** Which virtiofsd a program is, by its `--help`; what is wrong if it is none, or does not start here. */
export async function programAt(
  path: string,
): Promise<VirtiofsdProgram | { readonly code: string; readonly reason: string }> {
  const { help, errors } = await new Promise<{ help: string; errors: string }>((resolve) => {
    const options = {
      timeout: HELP_TIMEOUT_MS,
      killSignal: "SIGKILL",
      maxBuffer: 1 << 20,
      cwd: "/",
    } as const;
    execFile(path, ["--help"], options, (_, help, errors) => resolve({ help, errors }));
  });
  if (help.includes("--shared-dir")) return { path, kind: "rust", help };
  if (help.includes("source=PATH")) return { path, kind: "qemu", help };
  if (errors.includes("setgroups()")) return { code: "EPERM", reason: keptGroups };
  return { code: "ENOEXEC", reason: `${JSON.stringify(path)} is no virtiofsd, by its --help` };
}
