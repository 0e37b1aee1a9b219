import type { Process, Spec } from "../../../ffi/agent/generated/oci_pb.ts";
import type { CopyFileRequest } from "../../../ffi/agent/generated/volume_pb.ts";
import type { AgentStorage, OciMount } from "../../../ffi/mod.ts";
import type { TtrpcRefusal } from "../../../ffi/ttrpc/refusal.ts";
import { type AgentTraits, newest } from "../../support/agent/agent-traits.ts";
import type {
  PlayedMachine,
  ProcessStreams,
  Room,
  RunningProcess,
} from "../../support/agent/played/machine.ts";
import { internal, noPlace, noRoot, noSource, noVolume } from "../../support/agent/played/refuse.ts";
import { GuestError } from "./channel.ts";
import { bindAll, enterRoot } from "./enter.ts";
import type { Guest } from "./guest.ts";
import { GuestGroups } from "./guest-groups.ts";
import { GuestHands } from "./guest-hands.ts";
import { runInGuest } from "./guest-process.ts";

const base = "/run/kata-containers";

/** What a played agent does in a guest: mounts by the guest's own calls, programs below the containers' roots. */
export class GuestMachine extends GuestHands implements PlayedMachine {
  readonly #guest: Guest;
  readonly #groups: GuestGroups;
  readonly #deviceMode: number;
  #processes = 0;

  constructor(guest: Guest, traits: AgentTraits = newest) {
    super(guest, traits);
    this.#guest = guest;
    this.#groups = new GuestGroups(guest);
    this.#deviceMode = traits.deviceMode;
  }

  async clear(): Promise<void> {
    await this.#shell(`rm -rf ${base}/* 2>/dev/null; mkdir -p ${base}`);
  }

  override async mount(storage: Parameters<GuestHands["mount"]>[0]): Promise<void> {
    try {
      await super.mount(storage);
    } catch (error) {
      const isMissing = error instanceof GuestError && error.code === "ENOENT";
      throw isMissing ? noPlace("overlay", storage.mountPoint) : internal((error as Error).message);
    }
  }

  // What the container took with it is gone already; and what fails, the agent only writes into its log.
  override async unmount(storage: Parameters<GuestHands["unmount"]>[0]): Promise<void> {
    await super.unmount(storage).catch((error) => {
      if (!(error instanceof GuestError)) throw error;
    });
  }

  async enter(id: string, spec: Spec): Promise<void> {
    const { root, mounts } = spec;
    const { path: rootPath = "" } = root ?? {};
    const own = mounts.map(mountOf);
    const place = await enterRoot(this.#guest, id, rootPath).catch(refuse(() => noRoot(rootPath, id)));
    await this.#groups.make(id, spec);
    await this.#makeOwn(place, own);
    await bindAll(this.#guest, place, own).catch(refuse(noSource));
    if (root?.readonly) await this.#shell(`mount -o remount,bind,ro ${place}`);
  }

  // What a container has of the guest's own, not of the plan.
  async #makeOwn(place: string, mounts: readonly OciMount[]): Promise<void> {
    const lines = mounts.flatMap(({ type, source = "", destination, options = [] }) => {
      if (type === "bind") return [];
      const words = options.length > 0 ? `-o ${options.join(",")}` : "";
      const target = `${place}${destination}`;
      return [`mkdir -p ${target}`, `mount -t ${type} ${words} ${source || type} ${target}`];
    });
    const isDevBound = mounts.some(({ type, destination }) => type === "bind" && destination === "/dev");
    const devices = Object.entries(isDevBound ? {} : { null: 3, zero: 5, full: 7, random: 8, urandom: 9 });
    const nodes = devices.map(
      ([name, minor]) =>
        `mknod -m ${this.#deviceMode.toString(8)} ${place}/dev/${name} c 1 ${minor} 2>/dev/null || true`,
    );
    await this.#shell(["set -e", ...lines, ...nodes].join("\n"));
  }

  async leave(id: string): Promise<void> {
    const place = `${base}/${id}/rootfs`;
    const table = await this.#guest.read("/proc/self/mounts");
    const points = table.split("\n").map((line) => line.split(" ")[1] ?? "");
    const below = points.filter((point) => point === place || point.startsWith(`${place}/`));
    const lines = below.toReversed().map((point) => `umount ${point}`);
    await this.#groups.remove(id);
    await this.#shell([...lines, `rmdir ${place} ${base}/${id} 2>/dev/null`, "true"].join("\n"));
  }

  async has(id: string, program: string): Promise<boolean> {
    const root = `${base}/${id}/rootfs`;
    const places = program.includes("/") ? [program] : [`/bin/${program}`, `/usr/bin/${program}`];
    const tests = places.map((path) => `[ -e ${root}${path} ] || [ -h ${root}${path} ]`);
    return (await this.#shell(`if ${tests.join(" || ")}; then echo yes; fi`)) === "yes\n";
  }

  async run(id: string, process: Process, streams: ProcessStreams): Promise<RunningProcess> {
    this.#processes += 1;
    const directory = `/tmp/processes/${this.#processes}`;
    const [root, group] = [`${base}/${id}/rootfs`, this.#groups.placeOf(id)];
    return runInGuest(this.#guest, { root, group, directory, process, streams });
  }

  ranOut(id: string): Promise<boolean> {
    return this.#groups.ranOut(id);
  }

  async remount({ mountPoint, options }: AgentStorage): Promise<void> {
    await this.#shell(`mount -o ${options.join(",")} ${mountPoint}`);
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    try {
      return new TextEncoder().encode(await this.#guest.read(path));
    } catch {
      return undefined;
    }
  }

  async copyFile({ path, fileMode, data, uid, gid, offset }: CopyFileRequest): Promise<void> {
    const kind = fileMode & 0o170000;
    const mode = (fileMode & 0o7777).toString(8);
    if (offset > 0n) throw internal("only files of one piece are played in a guest");
    await this.#guest.call("mkdirs", path.slice(0, path.lastIndexOf("/")));
    const content = Buffer.from(data);
    // What is there goes first, but a directory that stays one.
    if (kind !== 0o040000) await this.#guest.run("rm", "-rf", path);
    if (kind === 0o120000) return void (await this.#guest.call("symlink", content, path));
    await this.#guest.call(...(kind === 0o040000 ? ["mkdirs", path] : ["write", path, content]));
    await this.#guest.call("chmod", path, mode);
    await this.#guest.call("chown", path, String(uid), String(gid));
  }

  async room(path: string): Promise<readonly Room[]> {
    if ((await this.#shell(`test -e ${path} && echo yes; true`)) === "") throw noVolume();
    const of = async (flag: string) => {
      const fields = (await this.#shell(`df ${flag} ${path} | tail -n 1`)).trim().split(/\s+/);
      const [total = "0", , available = "0"] = fields.slice(-5);
      return { total: BigInt(total), available: BigInt(available) };
    };
    const [kilobytes, inodes] = [await of("-Pk"), await of("-Pi")];
    return [{ total: kilobytes.total * 1024n, available: kilobytes.available * 1024n }, inodes];
  }

  #shell(script: string): Promise<string> {
    return this.#guest.run("busybox", "sh", "-c", script);
  }
}

/** Refuses what fails because something is not there as the agent does. */
function refuse(refusal: () => TtrpcRefusal): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof GuestError)) throw error;
    throw error.code === "ENOENT" ? refusal() : internal(`${error.code}: ${error.message}`);
  };
}

function mountOf({ destination, source, type, options }: Spec["mounts"][number]): OciMount {
  return { destination, source, type, options } as OciMount;
}
