import type { Sandbox } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { readJson } from "./json.ts";
import { present } from "./present.ts";
import type { Reader } from "./reader.ts";
import { bytesOfTmpfs } from "./tmpfs-size.ts";

/** What the host knows of a pod's own bundle. */
export interface PodBundleOptions {
  /**
   * How large the filesystem at a path is, in bytes (statfs). Needed, and only used, where the pod's /dev/shm is a bind of
   * another directory, as the CRI has it.
   */
  sizeOf?: ((source: string) => number) | undefined;
}

const names: OptionNames<PodBundleOptions> = { sizeOf: true };

// Kata's DefaultShmSize.
const DEFAULT_SIZE = 64 * 1024 * 1024;

const types = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];

/**
 * A sandbox with what the config.json of its pod's own container says of it: `shmSize`, from the mount at /dev/shm (Kata:
 * getShmSize). Of several mounts there the last counts. That container is the pause container of a pod, or the only one of a
 * sandbox without a pod.
 *
 * A bind is as large as the filesystem of its source, which `sizeOf` tells; the host's own /dev/shm stands for 64 MiB. A
 * tmpfs is as large as its `size=`, and 64 MiB without one (in Kata always). Where that is a part of the memory, "50%", or 0,
 * which is no limit, the sandbox has no /dev/shm of its own, and neither has it without such a mount: each container gets
 * what it asks for.
 *
 * @throws {FormatError} with the path of what is wrong, such as `mounts[3].options[4]`; for the bundle of another container
 * of a pod, whose /dev/shm says nothing of the sandbox.
 * @throws {TypeError} for options that are none.
 *
 * @example
 * ```ts
 * import { withPodBundle } from "guestshare";
 *
 * const mounts = [{ destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "size=1g"] }];
 * console.log(withPodBundle({ id: "s1" }, { root: { path: "rootfs" }, mounts }).shmSize); // 1073741824
 * ```
 */
export function withPodBundle(
  sandbox: Sandbox,
  config: string | object,
  options: PodBundleOptions = {},
): Sandbox {
  checkOptionNames(options, names);
  const spec = readJson("config.json", config);
  refuseContainerOfPod(spec.part("annotations"));
  const mounts = spec.field("mounts")?.items() ?? [];
  const mount = mounts.findLast((it) => isAtShm(it.needed("destination").text()));
  const { shmSize: _, ...rest } = sandbox;
  return { ...rest, ...present({ shmSize: mount && (sizeOfMount(mount, options.sizeOf) || undefined) }) };
}

function refuseContainerOfPod(annotations: Reader): void {
  for (const name of types) {
    const type = annotations.field(name);
    if (type?.text() === "container") type.refuse("not-the-pods-own", "container");
  }
}

function isAtShm(destination: string): boolean {
  return destination.startsWith("/") && cleaned(destination) === "/dev/shm";
}

// By its text alone, as the core does.
function cleaned(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

function sizeOfMount(mount: Reader, sizeOf: PodBundleOptions["sizeOf"]): number | undefined {
  const options = mount.field("options")?.items() ?? [];
  const type = mount.field("type")?.text() ?? "";
  const words = options.map((option) => option.text());
  const isBind = ["", "none", "bind"].includes(type) || words.includes("bind") || words.includes("rbind");
  if (!isBind) return sizeOfTmpfs(options);
  const source = mount.filled("source");
  if (!source || cleaned(source.text()) === "/dev/shm") return DEFAULT_SIZE;
  return sizeOf ? sizeOf(source.text()) : source.refuse("needs-size-of", source.text());
}

// Undefined for a part of the memory.
function sizeOfTmpfs(options: readonly Reader[]): number | undefined {
  const option = options.findLast((it) => it.text().startsWith("size="));
  return option ? bytesOfTmpfs(option) : DEFAULT_SIZE;
}
