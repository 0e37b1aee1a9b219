import type { Example } from "./example.ts";

const config = `{
  "ociVersion": "1.2.0",
  "root": { "path": "rootfs" },
  "annotations": {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.image-name": "registry.example/bank/ledger:1.4"
  },
  "mounts": [
    { "destination": "/proc", "type": "proc", "source": "proc" },
    { "destination": "/etc/resolv.conf", "type": "bind", "source": "/run/dns/resolv.conf", "options": ["rbind", "ro"] },
    { "destination": "/etc/ledger", "type": "bind", "source": "/var/lib/kubelet/pods/1c2d/volumes/kubernetes.io~configmap/ledger", "options": ["rbind", "ro"] },
    { "destination": "/run/agent.sock", "type": "bind", "source": "/run/agent.sock", "options": ["rbind"] }
  ]
}
`;

/** A guest that trusts no filesystem of its host. */
export const confidential: Example = {
  name: "confidential",
  title: "A confidential guest",
  teaches:
    "Nothing is shared with the guest: it pulls its image, files are copied to it once, and a socket cannot be.",
  state: {
    from: "bundle",
    sandbox: { id: "s1", sharedFs: "none", forceGuestPull: true },
    containers: [{ config, beside: '{ "id": "ledger", "bundle": "/run/bundles/ledger" }\n' }],
    facts: { "/run/agent.sock": { kind: "socket" } },
  },
};
