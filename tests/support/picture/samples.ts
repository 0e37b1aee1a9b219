import { loadSync, type Mount, type PlanRequest } from "../../../mod.ts";
import { pictureOfPlans, svgOf } from "../../../picture/mod.ts";

const volumes = "/var/lib/kubelet/pods/p1/volumes";
const settings: Mount = {
  ...{ source: `${volumes}/kubernetes.io~configmap/settings`, destination: "/etc/app", type: "bind" },
  options: ["rbind", "ro"],
};
const cache: Mount = {
  ...{ source: `${volumes}/kubernetes.io~empty-dir/cache`, destination: "/cache", type: "bind" },
  options: ["rbind"],
};
const random = (at: number) => String(at).padStart(16, "0");

function pod(): PlanRequest[] {
  const sandbox = { id: "pod", shmSize: 65536 };
  const proc = { destination: "/proc", type: "proc", source: "proc" };
  const shm = { destination: "/dev/shm", type: "tmpfs", source: "shm" };
  const etc = { source: "/srv/etc", destination: "/etc", options: ["bind"] };
  const web = { id: "web", rootFs: { target: "/run/web" }, mounts: [proc, settings, cache, shm, etc] };
  const log = { id: "log", rootFs: { target: "/run/log" }, mounts: [cache] };
  return [
    { op: "prepare", sandbox },
    { op: "shareContainer", sandbox, container: web, random: web.mounts.map((_, at) => random(at)) },
    { op: "shareContainer", sandbox, container: log, random: [random(9)] },
  ];
}

function disks(): PlanRequest[] {
  const sandbox = { id: "pod", blockDeviceDriver: "virtio-blk" } as const;
  const snapshots = "/var/lib/containerd/io.containerd.snapshotter.v1.erofs/snapshots";
  const container = {
    id: "web",
    rootFs: {
      ...{ target: "/x", type: "overlay" },
      options: [`lowerdir=${snapshots}/1/fs:${snapshots}/2/fs`, "upperdir=/u", "workdir=/w"],
    },
    devices: [
      { path: "/layers/1/layer.erofs", blockDrive: { pciPath: "02/01" } },
      { path: "/layers/rwlayer.img", blockDrive: { pciPath: "02/09" } },
    ],
    mounts: [{ source: "/dev/vg/data", destination: "/data", type: "xfs", blockDrive: { pciPath: "02/05" } }],
  };
  return [{ op: "shareContainer", sandbox, container, random: [random(0)] }];
}

function copies(): PlanRequest[] {
  const sandbox = { id: "pod", sharedFs: "none" } as const;
  const oddities = { source: "/srv/a&b", destination: "/a\u202eb", type: "bind" };
  const fifo = { source: "/run/f", destination: "/f", type: "bind", facts: { kind: "fifo" } } as const;
  const mounts = [settings, oddities, fifo];
  const container = { id: "web", fstype: "ext4", blockDrive: { scsiAddr: "0:0" }, mounts };
  return [{ op: "shareContainer", sandbox, container, random: mounts.map((_, at) => random(at)) }];
}

/** The pictures that tests/fixtures/pictures has, by their files' names. */
export function samplePictures(): Record<string, string> {
  const core = loadSync();
  const svg = (requests: readonly PlanRequest[], title: string) =>
    svgOf(pictureOfPlans(requests.map((request) => ({ request, plan: core.plan(request) }))), { title });
  return {
    "pod.svg": svg(pod(), "A pod with two containers"),
    "disks.svg": svg(disks(), "A container on disks"),
    "copies.svg": svg(copies(), "A container that gets copies"),
  };
}
