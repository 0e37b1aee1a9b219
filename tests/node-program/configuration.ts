import { join } from "node:path";
import type { Programs } from "./programs.ts";

/** The name of the image of all sandboxes and containers, as CRI normalises it. */
export const IMAGE = "docker.io/local/pause:1";

/**
 * The configuration of a containerd whose state and sockets are below a directory. `imports` are files whose settings are added, as
 * those of /etc/containerd/conf.d are.
 */
export function configurationOf(
  programs: Programs,
  directory: string,
  imports: readonly string[] = [],
): string {
  const at = (...names: string[]) => JSON.stringify(join(directory, ...names));
  const runtime = "plugins.'io.containerd.cri.v1.runtime'";
  const handler = (name: string) => `
[${runtime}.containerd.runtimes.${name}]
runtime_type = "io.containerd.runc.v2"
[${runtime}.containerd.runtimes.${name}.options]
BinaryName = ${JSON.stringify(programs.runc)}
SystemdCgroup = false
`;
  return `version = 3
imports = ${JSON.stringify(imports)}
root = ${at("root")}
state = ${at("state")}
temp = ${at("temp")}
[grpc]
address = ${at("containerd.sock")}
[ttrpc]
address = ${at("containerd.sock.ttrpc")}
[plugins.'io.containerd.internal.v1.opt']
path = ${at("opt")}
[plugins.'io.containerd.nri.v1.nri']
socket_path = ${at("nri.sock")}
plugin_path = ${at("plugins")}
plugin_config_path = ${at("plugins.conf")}
[plugins.'io.containerd.cri.v1.images']
snapshotter = "overlayfs"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
sandbox = ${JSON.stringify(IMAGE)}
[${runtime}]
# Where root lacks CAP_SYS_RESOURCE, no pod starts without it.
restrict_oom_score_adj = true
${handler("runc")}${handler("kata")}`;
}
