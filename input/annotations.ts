import type { Sandbox } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { definedFields, type MaybeUndefined } from "./defined-fields.ts";
import { booleanOf, uint32Of } from "./go-text.ts";
import { blockDeviceDriverWords, sharedFsWords, virtioFsCacheWords } from "./kata-words.ts";
import { Reader } from "./reader.ts";
import { rootlessDirOf } from "./rootless.ts";

/** Options of `withAnnotations`. */
export interface AnnotationOptions {
  /**
   * The annotations io.katacontainers.config.hypervisor.* that are allowed, by their last names, or by regular expressions that
   * match these (Kata: enable_annotations, see `annotationsAllowedBy`). Default: none.
   */
  allow?: readonly string[] | undefined;
  /** The XDG_RUNTIME_DIR of the virtual machine. Required if the annotation `rootless` is true, and ignored otherwise. */
  rootlessDir?: string | undefined;
}

const optionNames: OptionNames<AnnotationOptions> = { allow: true, rootlessDir: true };

const HYPERVISOR = "io.katacontainers.config.hypervisor.";
const RUNTIME = "io.katacontainers.config.runtime.";

// A pod may choose how files are shared, but may not turn sharing off.
const { none: _, ...sharingWords } = sharedFsWords;

// These choose a program of the host, or its arguments (CVE-2026-44210).
const byNameOnly = ["virtio_fs_daemon", "virtio_fs_extra_args"];

type Override = (value: Reader, options: AnnotationOptions) => MaybeUndefined<Sandbox>;

const overrides: Readonly<Record<string, Override>> = {
  [`${HYPERVISOR}shared_fs`]: (value) => ({ sharedFs: value.word(sharingWords) }),
  [`${HYPERVISOR}block_device_driver`]: (value) => ({
    blockDeviceDriver: value.word(blockDeviceDriverWords),
  }),
  [`${HYPERVISOR}virtio_fs_cache`]: (value) => ({ virtioFsCache: value.word(virtioFsCacheWords) }),
  [`${HYPERVISOR}virtio_fs_cache_size`]: (value) => ({ virtioFsCacheSize: uint32Of(value) }),
  [`${HYPERVISOR}msize_9p`]: (value) => ({ msize9p: uint32Of(value) || value.refuse("out-of-range", "0") }),
  [`${HYPERVISOR}rootless`]: (value, { rootlessDir }) => ({
    rootlessDir: booleanOf(value) ? rootlessDirOf(value, rootlessDir) : undefined,
  }),
  [`${RUNTIME}experimental_force_guest_pull`]: (value) => ({ forceGuestPull: booleanOf(value) }),
};

/**
 * The sandbox with the settings that annotations of its pod override (Kata: io.katacontainers.config.*). Of the hypervisor
 * these are `shared_fs`, `block_device_driver`, `virtio_fs_cache`, `virtio_fs_cache_size`, `msize_9p` and `rootless`, and of
 * the runtime `experimental_force_guest_pull`.
 *
 * As in Kata, annotations of the hypervisor have to be allowed, and a single one that is not refuses all. Annotations of the
 * runtime are always allowed. An entry of `allow` has to match the whole name: in Kata "path" also allows "jailer_path".
 * `virtio_fs_daemon` and `virtio_fs_extra_args` are allowed only by their names, not by a pattern. All other annotations are
 * ignored. `shared_fs` cannot be "none": only the configuration can turn sharing off.
 *
 * @throws {FormatError} for an annotation that is not allowed, or has an invalid value; with the path `allow[0]` for an entry
 * that is not a regular expression.
 *
 * @example
 * ```ts
 * import { withAnnotations } from "guestshare";
 *
 * const annotations = { "io.katacontainers.config.hypervisor.virtio_fs_cache": "always" };
 * const sandbox = withAnnotations({ id: "s1" }, annotations, { allow: ["virtio_fs_.*"] });
 * console.log(sandbox.virtioFsCache); // always
 * ```
 */
export function withAnnotations(
  sandbox: Sandbox,
  annotations: Readonly<Record<string, string>>,
  options: AnnotationOptions = {},
): Sandbox {
  checkOptionNames(options, optionNames);
  const names = Object.keys(annotations);
  const isAllowed = allowing(options.allow ?? []);
  for (const name of names.filter((name) => name.startsWith(HYPERVISOR))) {
    if (!isAllowed(name.slice(HYPERVISOR.length))) annotationOf(annotations, name).refuse("not-enabled", "");
  }
  const overriding = names.filter((name) => Object.hasOwn(overrides, name));
  const fields = overriding.map((name) => overrides[name]?.(annotationOf(annotations, name), options));
  return {
    id: sandbox.id,
    ...definedFields(Object.assign({}, sandbox, ...fields) as MaybeUndefined<Sandbox>),
  };
}

function annotationOf(annotations: Readonly<Record<string, string>>, name: string): Reader {
  return new Reader("annotations", annotations[name], name);
}

function allowing(allow: readonly string[]): (name: string) => boolean {
  const patterns = allow.map(patternOf);
  return (name) =>
    allow.includes(name) || (!byNameOnly.includes(name) && patterns.some((it) => it.test(name)));
}

function patternOf(entry: string, at: number): RegExp {
  try {
    new RegExp(entry); // by itself first, so that a bracket in it cannot close the group below
    return new RegExp(`^(?:${entry})$`);
  } catch (cause) {
    return new Reader("annotations", entry, `allow[${at}]`).refuse("not-a-pattern", entry, { cause });
  }
}
