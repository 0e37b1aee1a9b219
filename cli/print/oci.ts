import type { AgentStorage, OciMount, Plan } from "../../mod.ts";

/** What a runtime hands to the guest's agent for a container. */
export interface OciFragment {
  /** The container's root in the guest (OCI: root). */
  readonly root: { readonly path: string; readonly readonly?: true };
  /** The container's mounts, rewritten for the guest (OCI: mounts). */
  readonly mounts: readonly OciMount[];
  /** What the agent mounts for the container before (Kata: CreateContainerRequest.storages, as protobuf's JSON). */
  readonly storages: readonly AgentStorage[];
  /** What the agent mounts for the whole sandbox (Kata: CreateSandboxRequest.storages); absent if the plans do not prepare one. */
  readonly sandboxStorages?: readonly AgentStorage[];
}

/**
 * A fragment of an OCI runtime specification from the plans of a container: `root` and `mounts` replace those of its config.json.
 * What OCI has no field for, the storages, is beside them, as in the calls of Kata's agent. Undefined if no plan shares a container.
 */
export function ociFragment(plans: readonly Plan[]): OciFragment | undefined {
  const container = plans.find(({ rootPath }) => rootPath !== undefined);
  if (container?.rootPath === undefined) return undefined;
  const prepared = plans.find((plan) => plan !== container && plan.storages !== undefined);
  return {
    root: { path: container.rootPath, ...(container.readonlyRootfs && { readonly: true }) },
    mounts: container.mounts ?? [],
    storages: container.storages ?? [],
    ...(prepared?.storages && { sandboxStorages: prepared.storages }),
  };
}
