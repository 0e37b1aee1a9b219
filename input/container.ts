import type { Container, HugepageLimit } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { mountsOf } from "./container-mounts.ts";
import { definedFields } from "./defined-fields.ts";
import { readJson } from "./json.ts";
import { layerMountsOf } from "./layer-options.ts";
import type { Reader } from "./reader.ts";

/** Options of `containerOf`: the fields of a container that a config.json does not have. */
export type ContainerOptions = Omit<
  Container,
  "annotations" | "mounts" | "hugepageLimits" | "readonlyRootfs"
>;

const names: OptionNames<ContainerOptions> = {
  ...{ id: true, bundle: true, rootFs: true, rootfsSuffix: true },
  ...{ fstype: true, blockDrive: true, devices: true },
};

/**
 * The container that a bundle's config.json describes (OCI runtime-spec 1.3), given as text or parsed.
 *
 * - Its root filesystem is `root.path`, unless the option `rootFs` has the mount that containerd makes there (see `rootFsOf`).
 * - Its mounts keep their order. Layers that the options of `rootFs` name come after them, as in Kata's shim.
 * - A mount with the option "idmap" or "ridmap" but without mappings gets those of the user namespace
 *   (`linux.uidMappings`, `linux.gidMappings`).
 * - A limit of huge pages above 2^53 - 1 means no limit, and is left out. The core refuses a mount of huge pages of that size as
 *   missing-hugepage-limit.
 * - `root.readonly` becomes `readonlyRootfs`, which a plan has beside `rootPath`. The share stays writable, because the agent
 *   first creates mount points in it. Only the container's root in the guest becomes read-only.
 *
 * All other fields are ignored, and null is the same as absent. Ids, paths and options are not checked here: the core does that.
 *
 * @throws {FormatError} for a missing field or a wrong type, with its JSON path.
 * @throws {TypeError} for an unknown option.
 *
 * @example
 * ```ts
 * import { containerOf, load } from "guestshare";
 *
 * const config = {
 *   ociVersion: "1.3.0",
 *   root: { path: "rootfs", readonly: true },
 *   mounts: [{ destination: "/etc/hosts", type: "bind", source: "/srv/hosts", options: ["rbind", "ro"] }],
 * };
 * const container = containerOf(config, { id: "c1", bundle: "/run/bundles/c1" });
 * const core = await load();
 * const plan = core.plan({ op: "shareRootFilesystem", sandbox: { id: "s1" }, container });
 * console.log(plan.shared?.guestPath); // /run/kata-containers/shared/containers/c1/rootfs
 * ```
 */
export function containerOf(config: string | object, options: ContainerOptions): Container {
  checkOptionNames(options, names);
  const spec = readJson("config.json", config);
  const linux = spec.part("linux");
  const rootFs = options.rootFs ?? { target: spec.needed("root").needed("path").text() };
  const layers = layerMountsOf(rootFs);
  const mounts = spec.field("mounts") && mountsOf(spec.part("mounts"), linux);
  return {
    ...options,
    rootFs,
    ...definedFields({
      readonlyRootfs: spec.part("root").field("readonly")?.flag() || undefined,
      annotations: spec.field("annotations")?.textsByName(),
      mounts: layers.length > 0 ? [...(mounts ?? []), ...layers] : mounts,
      hugepageLimits: linux.part("resources").field("hugepageLimits")?.items().flatMap(hugepageLimitOf),
    }),
  };
}

// A uint64. Its largest values mean that there is no limit. They are not exact as numbers, and no guest has so much memory.
function hugepageLimitOf(entry: Reader): HugepageLimit[] {
  const pageSize = entry.needed("pageSize").text();
  const limit = entry.needed("limit").count(2 ** 64);
  return limit > Number.MAX_SAFE_INTEGER ? [] : [{ pageSize, limit }];
}
