import type { Container, HugepageLimit } from "../wasm/types.ts";
import { checkOptionNames, type OptionNames } from "../words/option-names.ts";
import { mountsOf } from "./container-mounts.ts";
import { readJson } from "./json.ts";
import { layerMountsOf } from "./layers.ts";
import { present } from "./present.ts";
import type { Reader } from "./reader.ts";

/** What a bundle's config.json does not say about its container. */
export type ContainerOptions = Omit<
  Container,
  "annotations" | "mounts" | "hugepageLimits" | "readonlyRootfs"
>;

const names: OptionNames<ContainerOptions> = {
  ...{ id: true, bundle: true, rootFs: true, rootfsSuffix: true },
  ...{ fstype: true, blockDrive: true, devices: true },
};

/**
 * The container that a bundle's config.json describes (OCI runtime-spec 1.3): a text, or what was parsed of one.
 *
 * - Its root filesystem is `root.path`, unless `rootFs` is given: what containerd mounts there, see `rootFsOf`.
 * - Its mounts keep their order. Layers that the options of `rootFs` name come after them, as Kata's shim has it.
 * - A mount with the option "idmap" or "ridmap" and no mappings of its own has those of the user namespace
 *   (`linux.uidMappings`, `linux.gidMappings`).
 * - A limit of huge pages above 2^53 - 1 is none, and left out: it matters only to a mount of huge pages of that size, which
 *   the core then refuses as missing-hugepage-limit.
 * - `root.readonly` becomes `readonlyRootfs`, which a plan has beside `rootPath`. What is read-only then is the container's
 *   root in the guest, and neither the mount in the hub nor the view of it: the agent makes mount points in it first.
 *
 * What the specification has besides is ignored, and null is as good as absent. Whether ids, paths and options can be
 * used is for the core to say.
 *
 * @throws {FormatError} with the JSON path of what is missing, or of another type.
 * @throws {TypeError} for options that are none.
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
    ...present({
      readonlyRootfs: spec.part("root").field("readonly")?.flag() || undefined,
      annotations: spec.field("annotations")?.textsByName(),
      mounts: layers.length > 0 ? [...(mounts ?? []), ...layers] : mounts,
      hugepageLimits: linux.part("resources").field("hugepageLimits")?.items().flatMap(hugepageLimitOf),
    }),
  };
}

// A uint64, whose largest values mean that there is no limit. No number holds those, and no guest has as much.
function hugepageLimitOf(entry: Reader): HugepageLimit[] {
  const pageSize = entry.needed("pageSize").text();
  const limit = entry.needed("limit").count(2 ** 64);
  return limit > Number.MAX_SAFE_INTEGER ? [] : [{ pageSize, limit }];
}
