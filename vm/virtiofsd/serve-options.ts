import { statSync } from "node:fs";
import { env } from "node:process";
import type { Logger } from "../../ffi/mod.ts";
import { absolutePath, checkNames, count } from "../launch/fields.ts";
import type { VirtiofsdLaunch } from "../launch/virtiofsd-arguments.ts";
import { optionNames, type VirtiofsdOptions } from "../launch/virtiofsd-options.ts";
import { findVirtiofsd, programAt, type VirtiofsdProgram, withoutVirtiofsd } from "./find-program.ts";
import { VirtiofsdError } from "./virtiofsd-error.ts";

// A guest's root makes devices in what it may write to otherwise, which this host's users could open.
const withoutDevices = ["-mknod"];

/** How a virtiofsd is started. Without `modcaps` it makes no devices for its guest. */
export interface ServeOptions extends VirtiofsdOptions {
  /** The program. Default: that of GUESTSHARE_VIRTIOFSD, else one that is installed. */
  readonly program?: string;
  /** Where its socket is made. Default: in a new directory of its own, which goes with it. */
  readonly socket?: string;
  /** More options as a user wrote them, such as Kata's `virtio_fs_extra_args`. */
  readonly extraArguments?: readonly string[];
  /** Gets its log, a line at a time, and its end. */
  readonly log?: Logger;
  /** Ends it, if it is aborted. */
  readonly signal?: AbortSignal;
  /** How long it may take until it listens. Default 30,000. */
  readonly startTimeoutMs?: number;
}

/** The options with their defaults, and the program. */
export interface ServeSettings {
  readonly program: VirtiofsdProgram;
  readonly log: Logger | undefined;
  readonly signal: AbortSignal | undefined;
  readonly startTimeoutMs: number;
  readonly launch: Omit<VirtiofsdLaunch, "socket">;
}

const names = ["program", "socket", "extraArguments", "log", "signal", "startTimeoutMs", ...optionNames];

/**
 * The options with their defaults, and the program they are for.
 *
 * @throws {LaunchError} for an option that cannot be.
 * @throws {VirtiofsdError} if there is no program.
 */
export async function settingsOf(directory: string, options: ServeOptions): Promise<ServeSettings> {
  checkNames(options, names, "");
  const { program: chosen, socket: _, log, signal, startTimeoutMs = 30_000, ...rest } = options;
  const path = chosen === undefined ? findVirtiofsd(env) : absolutePath(chosen, "program");
  absolutePath(directory, "directory");
  count(startTimeoutMs, "startTimeoutMs", { least: 1, most: 2_147_483_647 });
  checkDirectory(directory);
  if (path === undefined)
    throw new VirtiofsdError({
      directory,
      code: "ENOENT",
      reason: withoutVirtiofsd(env.GUESTSHARE_VIRTIOFSD ?? ""),
    });
  const program = await programAt(path);
  if ("reason" in program) throw new VirtiofsdError({ directory, ...program });
  const launch = { modcaps: withoutDevices, ...rest, directory, program: program.kind, help: program.help };
  return { program, log, signal, startTimeoutMs, launch };
}

// QEMU's own says so only when a machine is there already.
function checkDirectory(directory: string): void {
  const found = statSync(directory, { throwIfNoEntry: false });
  if (found === undefined)
    throw new VirtiofsdError({ directory, code: "ENOENT", reason: "there is no such directory" });
  if (!found.isDirectory())
    throw new VirtiofsdError({ directory, code: "ENOTDIR", reason: "it is no directory" });
}
