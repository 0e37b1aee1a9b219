import type { Sandbox } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { UINT32_MAX } from "./go-text.ts";
import {
  blockDeviceDriverWords,
  emptydirModeWords,
  sharedFsWords,
  virtioFsCacheWords,
} from "./kata-words.ts";
import { present, type Unsettled } from "./present.ts";
import type { Reader } from "./reader.ts";
import { rootlessDirOf } from "./rootless.ts";

/** What a configuration.toml does not say about a sandbox. */
export interface SandboxOptions {
  /** The sandbox's id. */
  id: string;
  /** The XDG_RUNTIME_DIR of the virtual machine; needed, and only used, where the configuration says `rootless`. */
  rootlessDir?: string | undefined;
}

const names: OptionNames<SandboxOptions> = { id: true, rootlessDir: true };

/**
 * The sandbox that Kata's configuration.toml describes, of its Go runtime or of runtime-rs. A configuration is one of
 * runtime-rs where its `[runtime]` has `hypervisor_name`, `agent_name` or `name`.
 *
 * What is left out there is what that runtime makes of it: without `virtio_fs_cache` it is "never" (Go: of qemu and stratovirt), without
 * `disable_guest_empty_dir` false (Go), without `shared_fs` nothing is shared and without `block_device_driver` it is
 * virtio-blk (both runtime-rs). runtime-rs's "inline-virtio-fs" is "virtio-fs": who serves it makes no difference to the
 * guest. A `sandbox_bind_mounts` of runtime-rs may end in ":ro"; ":rw" is refused, because ours are read-only.
 *
 * Of several texts the first is the base, and the others are its drop-ins, `config.d/*.toml` in the order of their names:
 * each is merged over those before it, key by key, and a list is exchanged whole. `configurationTexts` of `guestshare/host`
 * reads them all.
 *
 * Keys that say nothing about sharing are ignored. Annotations may change the rest: see `withAnnotations`.
 *
 * @throws {FormatError} with the path of a wrong type or an unknown word, such as `hypervisor.qemu.shared_fs`; with line
 * and column where it is no TOML, and of several texts with the place in the list as path.
 *
 * @example
 * ```ts
 * import { load } from "guestshare";
 * import { sandboxOf } from "guestshare/configuration";
 *
 * const toml = `
 * [hypervisor.qemu]
 * shared_fs = "virtio-fs"
 * virtio_fs_cache = "auto"
 * virtio_fs_cache_size = 1024
 * [runtime]
 * sandbox_bind_mounts = ["/etc/ssl/certs"]
 * `;
 * const sandbox = sandboxOf(toml, { id: "s1" });
 * const core = await load();
 * console.log(core.plan({ op: "prepare", sandbox }).storages[0]?.options.join()); // dax
 * ```
 */
export function sandboxOf(toml: string | readonly string[], options: SandboxOptions): Sandbox {
  checkOptionNames(options, names);
  const { id, rootlessDir } = options;
  const configuration = readConfiguration(toml);
  const rootless = configuration.machine.field("rootless");
  return {
    id,
    ...present({
      ...machineFields(configuration),
      ...runtimeFields(configuration),
      rootlessDir: rootless?.flag() ? rootlessDirOf(rootless, rootlessDir) : undefined,
    }),
  };
}

/**
 * The names of annotations that a configuration.toml lets override it (`enable_annotations`), for `withAnnotations`.
 *
 * @throws {FormatError} as `sandboxOf`.
 *
 * @example
 * ```ts
 * import { annotationsAllowedBy } from "guestshare/configuration";
 *
 * console.log(annotationsAllowedBy('[hypervisor.clh]\nenable_annotations = ["kernel_params"]').join()); // kernel_params
 * ```
 */
export function annotationsAllowedBy(toml: string | readonly string[]): string[] {
  return readConfiguration(toml).machine.field("enable_annotations")?.texts() ?? [];
}

function machineFields({ isRust, hypervisor, machine }: Configuration): Unsettled<Sandbox> {
  const isShared = !isRust || machine.field("shared_fs") !== undefined;
  return {
    hypervisor,
    sharedFs: machine.filled("shared_fs")?.word(sharedFsWords) ?? (isShared ? undefined : "none"),
    blockDeviceDriver:
      machine.filled("block_device_driver")?.word(blockDeviceDriverWords) ??
      (isRust ? "virtio-blk" : undefined),
    virtioFsCache:
      machine.filled("virtio_fs_cache")?.word(virtioFsCacheWords) ??
      (isRust || hypervisor === "qemu" || hypervisor === "stratovirt" ? "never" : undefined),
    virtioFsCacheSize: machine.field("virtio_fs_cache_size")?.count(UINT32_MAX),
    // 0 is as good as nothing.
    msize9p: machine.field("msize_9p")?.count(UINT32_MAX) || undefined,
  };
}

function runtimeFields({ isRust, runtime, image }: Configuration): Unsettled<Sandbox> {
  const isPulledInGuest = isRust && runtime.field("experimental")?.texts().includes("force_guest_pull");
  return {
    sandboxBindMounts: runtime
      .field("sandbox_bind_mounts")
      ?.items()
      .map(isRust ? withoutMode : (item) => item.text()),
    serviceOffload: image.field("service_offload")?.flag(),
    forceGuestPull: runtime.field("experimental_force_guest_pull")?.flag() ?? (isPulledInGuest || undefined),
    kubeletRootDir: runtime.filled("kubelet_root_dir")?.text(),
    emptydirMode: runtime.filled("emptydir_mode")?.word(emptydirModeWords),
    disableGuestEmptyDir: runtime.field("disable_guest_empty_dir")?.flag() ?? (isRust ? undefined : false),
  };
}

function withoutMode(bindMount: Reader): string {
  const path = bindMount.text();
  if (path.endsWith(":rw")) return bindMount.refuse("writable-bind-mount", path);
  return path.endsWith(":ro") ? path.slice(0, -":ro".length) : path;
}
