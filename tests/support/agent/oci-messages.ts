import assert from "node:assert/strict";
import { type OciMessage, type OciMessageOptions, ociMessage } from "../../../ffi/agent/spec/oci-message.ts";
import { type ContainerPlan, containerOf, FormatError, load } from "../../../mod.ts";

const core = await load();

/** A config.json. */
export interface Config {
  readonly [name: string]: unknown;
}

/** The smallest config.json that a container runs of. */
export const smallest: Config = { root: { path: "rootfs" }, process: { args: ["/bin/true"], cwd: "/" } };

/** What is planned for a bundle. */
export function planOf(config: string | object): ContainerPlan {
  const container = containerOf(config, { id: "c1", bundle: "/srv/example/bundle" });
  const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
  return core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random });
}

/** What the agent is told of a bundle. */
export function messageOf(config: string | object, options?: OciMessageOptions): OciMessage {
  return ociMessage(config, planOf(config), options);
}

/** Where and why a bundle is refused. `plan` is the one of the smallest bundle, where its own would be refused itself. */
export function refusalOf(
  config: string | object,
  options?: OciMessageOptions,
  plan: ContainerPlan = planOf(config),
): [path: string, code: string] {
  try {
    ociMessage(config, plan, options);
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return [error.path, error.code];
  }
  return ["", "none"];
}
