/**
 * Reads Kata's configuration.toml into a sandbox for `guestshare`. A door of its own, because it brings a TOML parser with it.
 * @module
 */
import type { Sandbox } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { type Configuration, readConfiguration } from "./configuration.ts";
import { definedFields, type MaybeUndefined } from "./defined-fields.ts";
import { UINT32_MAX } from "./go-text.ts";
import {
  blockDeviceDriverWords,
  emptydirModeWords,
  sharedFsWords,
  virtioFsCacheWords,
} from "./kata-words.ts";
import type { Reader } from "./reader.ts";
import { rootlessDirOf } from "./rootless.ts";

/** Options of `sandboxOf`. */
export interface SandboxOptions {
  /** The sandbox's id. */
  id: string;
  /** The XDG_RUNTIME_DIR of the virtual machine. Required if the configuration has `rootless = true`, and ignored otherwise. */
  rootlessDir?: string | undefined;
}

const names: OptionNames<SandboxOptions> = { id: true, rootlessDir: true };

/**
 * The sandbox that Kata's configuration.toml describes, for its Go runtime or for runtime-rs. A configuration is for runtime-rs if
 * its `[runtime]` has `hypervisor_name`, `agent_name` or `name`.
 *
 * Missing keys get the defaults of that runtime. In Go, `virtio_fs_cache` is "never" for qemu and stratovirt, and
 * `disable_guest_empty_dir` is false. In runtime-rs, `virtio_fs_cache` is "never", nothing is shared without `shared_fs`, and
 * `block_device_driver` is virtio-blk. "inline-virtio-fs" of runtime-rs becomes "virtio-fs", because the guest sees no difference.
 * An entry of runtime-rs's `sandbox_bind_mounts` may end in ":ro". One that ends in ":rw" is refused, because such mounts are always
 * read-only.
 *
 * Of several texts the first is the base, and the others are its drop-ins, `config.d/*.toml` in the order of their names. Each is
 * merged over the texts before it, key by key; arrays are replaced. `configurationTexts` of `guestshare/host` reads them all.
 *
 * Keys that do not concern sharing are ignored. `withAnnotations` applies what annotations override.
 *
 * @throws {FormatError} for a wrong type or an unknown word, with its path, such as `hypervisor.qemu.shared_fs`; for invalid TOML
 * with line and column, and with the index among several texts as path.
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
    ...definedFields({
      ...machineFields(configuration),
      ...runtimeFields(configuration),
      rootlessDir: rootless?.flag() ? rootlessDirOf(rootless, rootlessDir) : undefined,
    }),
  };
}

/**
 * The annotations that a configuration.toml allows (`enable_annotations`), for `withAnnotations`.
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

function machineFields({ isRust, hypervisor, machine }: Configuration): MaybeUndefined<Sandbox> {
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
    // 0 means unset.
    msize9p: machine.field("msize_9p")?.count(UINT32_MAX) || undefined,
  };
}

function runtimeFields({ isRust, runtime, image }: Configuration): MaybeUndefined<Sandbox> {
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
