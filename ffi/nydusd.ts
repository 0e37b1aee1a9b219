import { isAlreadyThere, isNotThere } from "./nydusd/answers.ts";
import { Api } from "./nydusd/api.ts";
import { NydusdError, type NydusdRequest } from "./nydusd/error.ts";
import { wrongMountpoint } from "./nydusd/mountpoint.ts";
import { type NydusdOptions, settingsOf } from "./nydusd/options.ts";
import { waitUntilRunning } from "./nydusd/wait-until-running.ts";

/** A mount in nydusd. */
export interface NydusdMount {
  /** The place in nydusd's filesystem: a plain absolute path, for an image "/rafs/<container id>/lowerdir". */
  readonly mountpoint: string;
  /** The image's bootstrap file, or the directory that is passed through. */
  readonly source: string;
  /** For an image: nydusd's configuration, as JSON. nydusd takes at most 50 KiB in all. Empty for a directory. */
  readonly config: string;
}

/** The filesystems that nydusd has: images, and directories of the host. */
export type NydusdFilesystem = "rafs" | "passthrough_fs";

// The words for them in nydusd's own list of its mounts.
const listedTypes: Readonly<Record<NydusdFilesystem, string>> = {
  rafs: "Rafs",
  passthrough_fs: "PassthroughFs",
};

/**
 * A running nydusd, by the socket of its API. Each request has a connection of its own; no state is kept.
 *
 * @example
 * ```ts
 * import { Nydusd, NydusdError } from "guestshare/host";
 *
 * const nydusd = new Nydusd({ socketPath: "/run/nydusd/api.sock", runningTimeoutMs: 100 });
 * const image = { mountpoint: "/rafs/c1/lowerdir", source: "/images/c1.boot", config: '{"version":2}' };
 * try {
 *   await nydusd.waitUntilRunning();
 *   await nydusd.mount(image);
 * } catch (error) {
 *   if (!(error instanceof NydusdError)) throw error;
 *   console.log(error.request, error.code); // run ETIMEDOUT
 * }
 * ```
 */
export class Nydusd {
  readonly #api: Api;
  readonly #runningTimeoutMs: number;

  /**
   * The daemon behind a socket. Nothing is done yet.
   *
   * @throws {TypeError} for options that cannot be.
   */
  constructor(options: NydusdOptions) {
    const { socketPath, timeoutMs, runningTimeoutMs } = settingsOf(options);
    this.#api = new Api(socketPath, timeoutMs);
    this.#runningTimeoutMs = runningTimeoutMs;
  }

  /**
   * nydusd's state: "INIT", "READY", "RUNNING" or "STOPPED".
   *
   * @throws {NydusdError} without an answer, or for an answer without a state.
   */
  async state(): Promise<string> {
    const { state } = await this.#api.info("state");
    return state;
  }

  /**
   * Waits until nydusd serves, at most `runningTimeoutMs`. The socket may appear meanwhile.
   *
   * @throws {NydusdError} after that time, with the last state or error.
   */
  waitUntilRunning(): Promise<void> {
    return waitUntilRunning(this.#api, this.#runningTimeoutMs);
  }

  /**
   * Mounts an image, or a directory of the host. Gives false where a filesystem of this type is mounted there already. nydusd
   * does not say of which source: the mountpoint has to be for this source alone, as a container's own is for its image.
   *
   * @throws {NydusdError} for a refusal, no answer in time, or a filesystem of the other type that is mounted there. A mount that
   * was made all the same is unmounted again; where that fails, the reason says so.
   */
  async mount(
    { mountpoint, source, config }: NydusdMount,
    fsType: NydusdFilesystem = "rafs",
  ): Promise<boolean> {
    check("mount", mountpoint, { isRafs: fsType === "rafs" });
    const before = await this.#api.typeAt("mount", mountpoint);
    if (before !== "none" && before !== "unknown") return isThere(mountpoint, before, fsType);
    try {
      await this.#api.mount(mountpoint, { fs_type: fsType, source, config });
      return true;
    } catch (error) {
      if (!isAlreadyThere(error)) throw before === "none" ? await this.#undoMount(mountpoint, error) : error;
    }
    return isThere(mountpoint, await this.#api.typeAt("mount", mountpoint), fsType);
  }

  /**
   * Unmounts the filesystem at a mountpoint. Gives false where nothing is mounted.
   *
   * @throws {NydusdError} for a refusal, or no answer in time. With `isAbsent` there is no daemon, and so no mount.
   */
  async umount(mountpoint: string): Promise<boolean> {
    check("umount", mountpoint);
    try {
      await this.#api.umount(mountpoint);
      return true;
    } catch (error) {
      if (isNotThere(error) || (await this.#listsNone(mountpoint, error))) return false;
      throw error;
    }
  }

  // How nydusd says that nothing is mounted differs by its version; its list does not.
  async #listsNone(mountpoint: string, error: unknown): Promise<boolean> {
    if (!(error instanceof NydusdError) || error.status !== 500) return false;
    return (await this.#api.typeAt("umount", mountpoint)) === "none";
  }

  // A mount may be there after its request failed: the answer was late, or nydusd failed in what it does afterwards.
  async #undoMount(mountpoint: string, error: unknown): Promise<unknown> {
    if (!(error instanceof NydusdError) || error.isAbsent) return error;
    try {
      await this.umount(mountpoint);
      return error;
    } catch (second) {
      if (!(second instanceof NydusdError) || second.isAbsent) return error;
      return new NydusdError({
        ...error,
        reason: `${error.reason}; it may be left behind: ${second.state}`,
        cause: error,
      });
    }
  }
}

function check(request: NydusdRequest, mountpoint: string, { isRafs = false } = {}): void {
  const reason = wrongMountpoint(mountpoint, { isRafs });
  if (reason !== "") throw new NydusdError({ request, mountpoint, code: "EINVAL", reason });
}

function isThere(mountpoint: string, type: string, fsType: NydusdFilesystem): false {
  if (type === listedTypes[fsType] || type === "unknown") return false;
  const reason = type === "none" ? "something is mounted there by another name" : `${type} is mounted there`;
  throw new NydusdError({ request: "mount", mountpoint, code: "EBUSY", reason });
}
