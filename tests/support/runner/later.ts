type Part =
  | "browser"
  | "copy"
  | "copyOnDeno"
  | "coreOnDeno"
  | "cli"
  | "host"
  | "hostOnDeno"
  | "faults"
  | "faultsOnDeno"
  | "vm"
  | "vmOnDeno"
  | "nodes"
  | "nodesOnDeno"
  | "agentOnDeno"
  | "ttrpcOnDeno"
  | "nri"
  | "tableOnDeno"
  | "pictureOnDeno"
  | "repository";

/**
 * The files of a part that the short run leaves to the whole one, by their names: what takes long and is about what others of the
 * folder are about, too, and what is tried on the other runtime.
 */
export const later: Readonly<Record<Part, readonly string[]>> = {
  browser: [
    ...["access", "completion", "ending", "explains", "growth", "hostile", "input", "looks", "mistakes"],
    ...["nodes", "opening", "phone", "sent", "taken", "worker"],
  ].map((name) => `preview-${name}`),
  copy: ["guest-races"],
  copyOnDeno: [
    ...["bounds", "guest-confined", "guest-frames", "guest-races", "total", "traps", "watch", "watch-bounds"],
    ...["watch-burst", "watch-faults", "watch-nudges", "watch-steps", "watch-times"],
  ],
  // The same Wasm, so what no runtime decides is tried on Node.
  coreOnDeno: ["containers", "hostile", "properties"],
  cli: ["completion", "help", "monitor"],
  host: [
    ...["container-two-processes", "documented-runtime", "gc-many", "leaks", "mark", "mount-table-full"],
    ...["omitted-hidden", "other-namespace", "unanswered-unmounts"],
  ],
  hostOnDeno: [
    ...["audit", "close-on-exec", "container-two-processes", "documented-runtime", "documents", "follow"],
    ...["gc", "mount-table-full", "omitted-many", "planted", "races", "read-only", "stretches", "turns"],
    ...["two-processes", "unanswered-many", "unanswered-sources"],
  ],
  faults: ["container-faults", "container-killed", "engines-together", "killed"],
  faultsOnDeno: ["adding", "mend-faults", "omitted-faults", "taking-away"],
  vm: ["namespace", "namespace-users"],
  // A guest's script is the same text on each runtime, and a shell runs it. Who may enter whose namespace is judged by the kernel.
  vmOnDeno: [
    ...["container", "disks", "fixtures", "names", "shares"].map((name) => `guest-script-${name}`),
    ...["lying-guest", "namespace-users", "opening", "virtiofsd"],
  ],
  nodes: ["bounds", "churn", "gate-memory"],
  nodesOnDeno: [
    ...["bounds", "churn", "gate-host", "gate-memory", "killed", "metrics", "monitor", "monitor-runtime"],
    ...["namespaces"],
  ],
  agentOnDeno: [
    ...["created-once", "guest-process", "mount-places", "oci-message", "oci-mounts", "reserved-ids"],
    ...["start-and-remove"],
  ],
  ttrpcOnDeno: ["server-bounds", "slow-reader"],
  nri: ["memory"],
  tableOnDeno: ["growth"],
  pictureOnDeno: ["growth"],
  repository: ["affected", "bench-groups", "deploy", "example-types", "gate-schema", "rewrite-fixtures"],
};
