import type { Sandbox } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { definedFields } from "./defined-fields.ts";
import { readJson } from "./json.ts";
import type { Reader } from "./reader.ts";
import { bytesOfTmpfs } from "./tmpfs-size.ts";

/** Options of `withPodBundle`. */
export interface PodBundleOptions {
  /**
   * Returns the size of the filesystem at a path in bytes (statfs). Required if the pod's /dev/shm is a bind of another directory,
   * as the CRI makes it, and ignored otherwise.
   */
  sizeOf?: ((source: string) => number) | undefined;
}

const names: OptionNames<PodBundleOptions> = { sizeOf: true };

// Kata's DefaultShmSize.
const DEFAULT_SIZE = 64 * 1024 * 1024;

const types = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];

/**
 * The sandbox with the `shmSize` that the config.json of its pod's own container has, at its last mount on /dev/shm (Kata:
 * getShmSize). That container is the pause container of a pod, or the only container of a sandbox without a pod.
 *
 * The size of a bind is that of its source's filesystem, which `sizeOf` returns; the host's own /dev/shm counts as 64 MiB. The size
 * of a tmpfs is its option `size=`, and 64 MiB without one (in Kata always). If the size is a percentage of the memory or 0, which
 * means no limit, or if there is no such mount, the sandbox has no /dev/shm. Then each container gets its own.
 *
 * @throws {FormatError} for an invalid value, with its path, such as `mounts[3].options[4]`; and for the bundle of another
 * container of a pod, whose /dev/shm is not the sandbox's.
 * @throws {TypeError} for an unknown option.
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
  return {
    ...rest,
    ...definedFields({ shmSize: mount && (sizeOfMount(mount, options.sizeOf) || undefined) }),
  };
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

// Cleans a path by its text alone, as the core does.
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

// Undefined for a percentage of the memory.
function sizeOfTmpfs(options: readonly Reader[]): number | undefined {
  const option = options.findLast((it) => it.text().startsWith("size="));
  return option ? bytesOfTmpfs(option) : DEFAULT_SIZE;
}
