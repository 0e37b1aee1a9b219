import { create, type MessageShape } from "@bufbuild/protobuf";
import { readJson } from "../../../input/json.ts";
import type { Reader } from "../../../input/reader.ts";
import type { ContainerPlan } from "../../../mod.ts";
import { checkOptionNames, type OptionNames } from "../../../words/option-names.ts";
import { SpecSchema } from "../generated/oci_pb.ts";
import { StorageSchema } from "../generated/volume_pb.ts";
import { storageInit } from "../storage.ts";
import { linuxOf } from "./linux-part.ts";
import { mountsOf } from "./mounts-part.ts";
import { processOf } from "./process-part.ts";
import { text, textsByName } from "./shapes.ts";

/** What the agent can do. */
export interface OciMessageOptions {
  /** Whether it has seccomp (`agentDetails.supportsSeccomp`): profiles are passed on. Default false, as in Kata's configuration. */
  readonly seccomp?: boolean | undefined;
  /** Whether the guest's systemd makes its cgroups, or the agent is PID 1. Else a cgroup path of systemd's form is refused. */
  readonly systemd?: boolean | undefined;
}

/** What the agent is told of a container: fields of its request to create one. */
export interface OciMessage {
  /** The container's specification. */
  readonly oci: MessageShape<typeof SpecSchema>;
  /** What the agent mounts for it before, in order. */
  readonly storages: MessageShape<typeof StorageSchema>[];
  /** Whether it is to be in the PID namespace that containers of the sandbox share. */
  readonly sandboxPidns: boolean;
  /** The JSON paths of what is not passed on, such as `hooks`: what a guest has no use for, or its agent no field. */
  readonly leftOut: readonly string[];
}

const names: OptionNames<OciMessageOptions> = { seccomp: true, systemd: true };
const read = ["ociVersion", "process", "root", "hostname", "mounts", "annotations", "linux"];

/**
 * What Kata's agent is told to create a container of a bundle, whose config.json is given as text or parsed, after
 * `shareContainer` planned it: its specification with the plan's mounts and root, and the plan's storages.
 *
 * What the agent insists on is put in: capabilities, proc, a tmpfs on /dev, namespaces. What Kata's runtime does not pass on either
 * is left out, and listed.
 *
 * @throws {FormatError} with the JSON path of what the agent would refuse without a name, or never answer: a mount on a device that it
 *   makes itself, a cgroup path of systemd's form without systemd, no program, a word that it does not know.
 * @throws {TypeError} for an unknown option.
 *
 * @example
 * ```ts
 * import { containerOf, load } from "guestshare";
 * import { ociMessage } from "guestshare/agent";
 *
 * const config = { root: { path: "rootfs" }, process: { args: ["/bin/true"], cwd: "/" }, hooks: { poststop: [] } };
 * const container = containerOf(config, { id: "c1", bundle: "/run/bundles/c1" });
 * const core = await load();
 * const plan = core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random: [] });
 * const { oci, leftOut } = ociMessage(config, plan);
 * console.log(oci.mounts.map(({ destination }) => destination).join(), leftOut.join()); // /proc,/dev hooks
 * ```
 */
export function ociMessage(
  config: string | object,
  plan: ContainerPlan,
  options: OciMessageOptions = {},
): OciMessage {
  checkOptionNames(options, names);
  const spec = readJson("config.json", config);
  const leftOut = Object.keys(spec.record()).filter((name) => !read.includes(name) && spec.field(name));
  const { linux, sandboxPidns } = linuxOf(spec.part("linux"), options, leftOut);
  const oci = create(SpecSchema, {
    ociVersion: textOf(spec.field("ociVersion")),
    process: processOf(spec.needed("process"), leftOut),
    root: { path: plan.rootPath, readonly: plan.readonlyRootfs ?? false },
    hostname: textOf(spec.field("hostname")),
    mounts: mountsOf(spec, plan),
    annotations: textsByName(spec.part("annotations"), []),
    linux,
  });
  const storages = plan.storages.map((storage) => create(StorageSchema, storageInit(storage)));
  return { oci, storages, sandboxPidns, leftOut };
}

const textOf = (field: Reader | undefined) => (field ? text(field, []) : "");
