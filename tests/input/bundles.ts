import type { HugepageLimit, IdMapping, Mount } from "../../wasm/types.ts";

// Bundles as the tools of the field write them, cut down to what matters here.

/** With fields besides, as the files have them. */
type Open<T> = T & { readonly [name: string]: unknown };

type Bundle = Open<{
  readonly root: Open<{ readonly path: string }>;
  readonly mounts: readonly Mount[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly linux: Open<{
    readonly uidMappings?: readonly IdMapping[];
    readonly gidMappings?: readonly IdMapping[];
    readonly resources?: Open<{ readonly hugepageLimits?: readonly HugepageLimit[] }>;
  }>;
}>;

const system: readonly Mount[] = [
  { destination: "/proc", type: "proc", source: "proc" },
  {
    destination: "/dev",
    type: "tmpfs",
    source: "tmpfs",
    options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
  },
  { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
];

/** As `runc spec` writes it. */
export const plain: Bundle = {
  ociVersion: "1.2.1",
  process: { terminal: true, user: { uid: 0, gid: 0 }, args: ["sh"], cwd: "/", rlimits: [] },
  root: { path: "rootfs", readonly: true },
  hostname: "runc",
  mounts: system,
  linux: {
    resources: { devices: [{ allow: false, access: "rwm" }] },
    namespaces: [{ type: "pid" }, { type: "mount" }],
    maskedPaths: ["/proc/acpi"],
  },
};

const pod = "/var/lib/kubelet/pods/0f0e/volumes";
const rprivate = ["rbind", "rprivate", "rw"];

/** As containerd's CRI writes it for a container of a Kubernetes pod. */
export const pod1: Bundle = {
  ociVersion: "1.2.1",
  process: { user: { uid: 0, gid: 0, additionalGids: [0] }, args: ["/pause"], cwd: "/" },
  root: { path: "rootfs" },
  mounts: [
    ...system,
    { destination: "/etc/hosts", type: "bind", source: `${pod}/../etc-hosts`, options: rprivate },
    {
      destination: "/etc/resolv.conf",
      type: "bind",
      source: "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/5a/resolv.conf",
      options: rprivate,
    },
    {
      destination: "/dev/shm",
      type: "bind",
      source: "/run/containerd/io.containerd.grpc.v1.cri/sandboxes/5a/shm",
      options: rprivate,
    },
    {
      destination: "/etc/app",
      type: "bind",
      source: `${pod}/kubernetes.io~configmap/app`,
      options: ["rbind", "rprivate", "ro"],
    },
    {
      destination: "/etc/keys",
      type: "bind",
      source: `${pod}/kubernetes.io~secret/keys`,
      options: ["rbind", "rprivate", "ro"],
    },
    {
      destination: "/var/run/secrets/kubernetes.io/serviceaccount",
      type: "bind",
      source: `${pod}/kubernetes.io~projected/kube-api-access-x`,
      options: ["rbind", "rprivate", "ro"],
    },
    {
      destination: "/hugepages",
      type: "bind",
      source: `${pod}/kubernetes.io~empty-dir/huge`,
      options: rprivate,
    },
  ],
  annotations: {
    "io.kubernetes.cri.container-type": "container",
    "io.kubernetes.cri.image-name": "registry.example/app:1",
    "io.kubernetes.cri.sandbox-id": "5a",
  },
  linux: {
    resources: {
      memory: { limit: 209715200 },
      hugepageLimits: [
        { pageSize: "2MB", limit: 4194304 },
        { pageSize: "1GB", limit: 0 },
      ],
    },
    cgroupsPath: "kubepods-burstable.slice:cri-containerd:6b",
  },
};

const run = "/run/user/1000/containers/overlay-containers/7c/userdata";

/** As podman writes it for an ordinary user. */
export const rootless: Bundle = {
  ociVersion: "1.2.1",
  root: { path: "/home/u/.local/share/containers/storage/overlay/7c/merged" },
  mounts: [
    ...system,
    {
      destination: "/etc/hostname",
      type: "bind",
      source: `${run}/hostname`,
      options: ["bind", "rprivate", "nosuid", "nodev"],
    },
    { destination: "/data", type: "bind", source: "/home/u/data", options: ["rbind", "rw", "idmap"] },
    {
      destination: "/more",
      type: "bind",
      source: "/home/u/more",
      options: ["rbind", "ridmap"],
      uidMappings: [{ containerID: 5, hostID: 6, size: 7 }],
      gidMappings: [{ containerID: 5, hostID: 6, size: 7 }],
    },
  ],
  annotations: { "io.podman.annotations.autoremove": "FALSE" },
  linux: {
    uidMappings: [
      { containerID: 0, hostID: 1000, size: 1 },
      { containerID: 1, hostID: 100000, size: 65536 },
    ],
    gidMappings: [{ containerID: 0, hostID: 1000, size: 1 }],
  },
};
