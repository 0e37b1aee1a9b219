import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Process, Spec } from "../../../../ffi/agent/generated/oci_pb.ts";
import type { CopyFileRequest } from "../../../../ffi/agent/generated/volume_pb.ts";
import { writeCopied } from "../../../../ffi/guest/copy-rules.ts";
import { type Generation, traits } from "../../../../ffi/guest/generation.ts";
import { openPlace } from "../../../../ffi/guest/guest-server.ts";
import type { AgentStorage } from "../../../../ffi/mod.ts";
import { libc } from "../../runtimes.ts";
import { runHere } from "./host-process.ts";
import type { PlayedMachine, ProcessStreams, Room, RunningProcess } from "./machine.ts";
import { isBind } from "./mount-rules.ts";
import { internal, noRoot, noSource, noVolume } from "./refuse.ts";

const base = "/run/kata-containers";
const shareDir = `${base}/shared/containers`;
const drivers = [
  ...["virtio-fs", "blk", "scsi", "mmioblk", "nvdimm"],
  ...["overlayfs", "ephemeral", "local", "watchable-bind"],
];

// A directory that cannot go, such as a share's, does not keep what is in others.
function deleteAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
      for (const name of readdirSync(path)) deleteAll(join(path, name));
  }
}

/**
 * Directories of a test that stand for a guest: `root` for its own root, and `exported` for what its shared filesystem
 * shows. Nothing is mounted, and a container's program is one of this machine, so no container sees its files.
 */
export class ScratchMachine implements PlayedMachine {
  readonly #root: string;
  readonly #exported: string | undefined;
  /** Where the shared filesystem is mounted. */
  #sharedAt: string | undefined;
  /** Storages that are mounted, by their mount points, in order. */
  readonly mounted: Map<string, AgentStorage> = new Map();

  /** @throws {TypeError} for directories that are not a test's own: it deletes what is in them. */
  constructor(root: string, exported?: string) {
    for (const path of [root, ...(exported === undefined ? [] : [exported])])
      if (!path.startsWith(join(tmpdir(), "guestshare-")))
        throw new TypeError(`${path} is no scratch directory`);
    this.#root = root;
    this.#exported = exported;
  }

  /** Where a path of the guest is on this machine. */
  placeOf(path: string): string {
    const shared = this.#sharedAt;
    if (shared !== undefined && this.#exported !== undefined && `${path}/`.startsWith(`${shared}/`))
      return join(this.#exported, path.slice(shared.length));
    return join(this.#root, path);
  }

  async clear(): Promise<void> {
    const places = [
      join(this.#root, base),
      ...(this.#sharedAt === undefined ? [] : [this.placeOf(this.#sharedAt)]),
    ];
    for (const place of places.filter((path) => existsSync(path)))
      for (const name of readdirSync(place)) deleteAll(join(place, name));
    mkdirSync(join(this.#root, base), { recursive: true });
  }

  async mount(storage: AgentStorage): Promise<void> {
    if (!drivers.includes(storage.driver))
      throw internal(`Failed to find the storage handler ${storage.driver}`);
    mkdirSync(join(this.#root, storage.mountPoint), { recursive: true });
    if (storage.driver === "virtio-fs") this.#sharedAt = storage.mountPoint.replace(/\/+$/, "");
    this.mounted.set(storage.mountPoint, storage);
  }

  async unmount({ mountPoint }: AgentStorage): Promise<void> {
    if (mountPoint.replace(/\/+$/, "") === this.#sharedAt) this.#sharedAt = undefined;
    this.mounted.delete(mountPoint);
  }

  async enter(id: string, { root, mounts }: Spec): Promise<void> {
    const { path = "" } = root ?? {};
    if (!existsSync(this.placeOf(path))) throw noRoot(path, id);
    const binds = mounts.filter(isBind);
    if (!binds.every(({ source }) => source === "/proc" || existsSync(this.placeOf(source))))
      throw noSource();
  }

  // As the agent does, whatever else is in the directory of this name.
  async leave(id: string): Promise<void> {
    const directory = join(base, id);
    for (const path of [join(this.#root, directory), ...this.#sharedBelow(directory)]) deleteAll(path);
  }

  #sharedBelow(directory: string): string[] {
    const shared = this.#sharedAt;
    return shared !== undefined && this.#exported !== undefined && shared.startsWith(`${directory}/`)
      ? [this.#exported]
      : [];
  }

  async has(_: string, program: string): Promise<boolean> {
    const places = program.includes("/")
      ? [program]
      : ["/usr/bin", "/bin"].map((path) => join(path, program));
    return places.some((path) => existsSync(path));
  }

  async run(_: string, process: Process, streams: ProcessStreams): Promise<RunningProcess> {
    return runHere(process, this.#root, streams);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    const place = this.placeOf(path);
    return existsSync(place) ? new Uint8Array(readFileSync(place)) : undefined;
  }

  async copyFile(message: CopyFileRequest, generation: Generation): Promise<void> {
    const directory = this.placeOf(shareDir);
    mkdirSync(directory, { recursive: true });
    const { sys, root } = openPlace(libc, directory);
    const request = { ...message, fileSize: Number(message.fileSize), offset: Number(message.offset) };
    try {
      writeCopied({ sys, root, shareDir, traits: traits[generation] }, request);
    } catch (error) {
      throw internal((error as Error).message);
    } finally {
      sys.close(root);
    }
  }

  async remount(): Promise<void> {}

  // Nothing limits what a program of this machine takes.
  async ranOut(): Promise<boolean> {
    return false;
  }

  async room(path: string): Promise<readonly Room[]> {
    const place = this.placeOf(path);
    if (!existsSync(place)) throw noVolume();
    const { blocks, bavail, bsize, files, ffree } = statfsSync(place, { bigint: true });
    return [
      { total: blocks * bsize, available: bavail * bsize },
      { total: files, available: ffree },
    ];
  }
}

/** A machine whose two directories are made in a directory of a test, and these. */
export function scratchMachine(directory: string): {
  machine: ScratchMachine;
  root: string;
  exported: string;
} {
  const [root, exported] = [join(directory, "root"), join(directory, "exported")];
  for (const path of [root, exported]) mkdirSync(path);
  return { machine: new ScratchMachine(root, exported), root, exported };
}
