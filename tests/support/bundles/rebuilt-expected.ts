/** What becomes of a bundle that was rebuilt. */
export interface RebuiltExpected {
  /** The bundle of its pod's own container, where that is another one. */
  readonly pod?: string;
  /** Of the sandbox, in MiB: a bind at /dev/shm is said to have 96. */
  readonly shmSize: number;
  /** The destinations of each kind and reason, with <place of what covers it and !options that it does not get. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** What is bound in the hub: the source, what comes with it, the attributes and runs of ids. */
  readonly binds: readonly string[];
  /** Drivers and mount points. */
  readonly storages?: readonly string[];
  readonly readonlyRootfs?: true;
}

// The same bundle, in a user namespace or not.
const ofCdi = {
  pod: "containerd-cri-sandbox",
  shmSize: 96,
  outcomes: {
    "guest not-a-bind": "/proc /dev /sys /dev/pts /dev/mqueue /sys/fs/cgroup",
    "shared bind":
      "/models /etc/hosts /dev/termination-log /etc/hostname /etc/resolv.conf /tmp/cache /etc/vendor /run/nvidia-persistenced/socket /usr/bin/nvidia-smi /usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15 /var/run/secrets/kubernetes.io/serviceaccount /lib/firmware/nvidia/550.54.15/gsp_ga10x.bin",
    "shm sandbox-shm": "/dev/shm",
  },
};

/** What becomes of the bundles in fixtures/bundles/rebuilt, where no host has looked at what they name. */
export const rebuiltBundles: Readonly<Record<string, RebuiltExpected>> = {
  "containerd-cri-cdi-userns": {
    ...ofCdi,
    binds: [
      "/srv/example/bundle/rootfs bind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~csi/pvc-1/mount rbind ro ridmap 0:65536:65536",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/etc-hosts rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/containers/cuda/0f1e2d3c rbind",
      "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/POD/hostname rbind",
      "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/POD/resolv.conf rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~empty-dir/cache rbind ridmap 0:65536:65536",
      "/etc/vendor.d bind ro idmap 0:65536:65536",
      "/run/nvidia-persistenced/socket rbind ro nosuid nodev noexec ridmap 0:65536:65536",
      "/usr/bin/nvidia-smi rbind ro nosuid nodev ridmap 0:65536:65536",
      "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15 bind ro nosuid nodev idmap 0:65536:65536",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~projected/kube-api-access-x2k4j rbind ro ridmap 0:65536:65536",
      "/lib/firmware/nvidia/550.54.15/gsp_ga10x.bin rbind ro nosuid nodev ridmap 0:65536:65536",
    ],
  },
  "containerd-cri-cdi": {
    ...ofCdi,
    binds: [
      "/srv/example/bundle/rootfs bind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~csi/pvc-1/mount rbind ro",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/etc-hosts rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/containers/cuda/0f1e2d3c rbind",
      "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/POD/hostname rbind",
      "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/POD/resolv.conf rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~empty-dir/cache rbind",
      "/etc/vendor.d bind ro",
      "/run/nvidia-persistenced/socket rbind ro nosuid nodev noexec",
      "/usr/bin/nvidia-smi rbind ro nosuid nodev",
      "/usr/lib/x86_64-linux-gnu/libcuda.so.550.54.15 bind ro nosuid nodev",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~projected/kube-api-access-x2k4j rbind ro",
      "/lib/firmware/nvidia/550.54.15/gsp_ga10x.bin rbind ro nosuid nodev",
    ],
  },
  "containerd-cri-sandbox": {
    shmSize: 96,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys",
      "shm sandbox-shm": "/dev/shm!ro",
      "shared bind": "/etc/resolv.conf",
    },
    binds: [
      "/srv/example/bundle/rootfs bind",
      "/var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/POD/resolv.conf rbind ro nosuid nodev noexec",
    ],
    readonlyRootfs: true,
  },
  "crio-container": {
    pod: "crio-sandbox",
    shmSize: 96,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys /sys/fs/cgroup /run",
      "shm sandbox-shm": "/dev/shm",
      "shared bind":
        "/etc/resolv.conf /etc/hostname /run/.containerenv<12 /etc/passwd /proc/sys/crypto/fips_enabled /cache /data /run/secrets /var/log/host /etc/hosts /dev/termination-log /var/run/secrets/kubernetes.io/serviceaccount /etc/localtime",
      "watchable configmap-or-secret": "/etc/app",
    },
    binds: [
      "/var/lib/containers/storage/overlay/ID/merged bind",
      "/run/containers/storage/overlay-containers/POD/userdata/resolv.conf bind nosuid nodev noexec",
      "/run/containers/storage/overlay-containers/POD/userdata/hostname bind",
      "/run/containers/storage/overlay-containers/POD/userdata/.containerenv bind",
      "/run/containers/storage/overlay-containers/ID/userdata/passwd bind nosuid nodev noexec",
      "/run/containers/storage/overlay-containers/ID/userdata/sysctl-fips bind ro nosuid nodev noexec",
      "/run/containers/storage/overlay-containers/ID/rundir/mounts/0123 bind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~empty-dir/data rbind",
      "/run/containers/storage/overlay-containers/ID/userdata/run/secrets bind",
      "/var/log rbind ro",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/etc-hosts rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~configmap/app rbind ro",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/containers/web/0f1e2d3c rbind",
      "/var/lib/kubelet/pods/5f0861a0-a987-4a3a-bb0f-1058ddb9678f/volumes/kubernetes.io~projected/kube-api-access-x2k4j rbind ro",
      "/run/containers/storage/overlay-containers/ID/userdata/localtime bind nosuid nodev noexec",
    ],
    storages: ["watchable-bind /run/kata-containers/shared/containers/watchable/c1-0000000000000012-app"],
  },
  "crio-sandbox": {
    shmSize: 96,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys",
      "shm sandbox-shm": "/dev/shm",
      "shared bind": "/etc/resolv.conf /run/.containerenv /etc/hostname",
    },
    binds: [
      "/var/lib/containers/storage/overlay/POD/merged bind",
      "/run/containers/storage/overlay-containers/POD/userdata/resolv.conf bind ro nosuid nodev noexec",
      "/run/containers/storage/overlay-containers/POD/userdata/.containerenv bind ro",
      "/run/containers/storage/overlay-containers/POD/userdata/hostname bind ro",
    ],
    readonlyRootfs: true,
  },
  "ctr-run-1.6": {
    shmSize: 64,
    outcomes: {
      "guest not-a-bind": "/proc /dev<7 /dev/pts<7 /dev/mqueue<7 /sys /run<8",
      "shm sandbox-shm": "/dev/shm<7",
      "guest host-device": "/dev",
      "shared bind": "/run",
    },
    binds: ["/srv/example/bundle/rootfs bind", "/srv/example/run rbind"],
  },
  "ctr-run": {
    shmSize: 64,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys /run",
      "shm sandbox-shm": "/dev/shm",
      "shared bind": "/data /app.sock /etc/hosts /etc/resolv.conf",
    },
    binds: [
      "/srv/example/bundle/rootfs bind",
      "/srv/example/data rbind ro",
      "/srv/example/app.sock bind",
      "/etc/hosts rbind ro",
      "/etc/resolv.conf rbind ro",
    ],
    readonlyRootfs: true,
  },
  "docker-run-ipc-shareable": {
    shmSize: 96,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /sys /sys/fs/cgroup /dev/mqueue",
      "shm sandbox-shm": "/dev/shm",
      "shared bind": "/etc/hostname /etc/hosts /etc/resolv.conf",
    },
    binds: [
      "/var/lib/docker/overlay2/ID/merged bind",
      "/var/lib/docker/containers/ID/hostname rbind",
      "/var/lib/docker/containers/ID/hosts rbind",
      "/var/lib/docker/containers/ID/resolv.conf rbind",
    ],
  },
  "docker-run": {
    shmSize: 64,
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /sys /sys/fs/cgroup /dev/mqueue /tmp",
      "shm sandbox-shm": "/dev/shm",
      "shared bind":
        "/data /mnt /volume /etc/hostname /etc/hosts /etc/resolv.conf /run/secrets/key /var/run/docker.sock /sbin/docker-init",
    },
    binds: [
      "/var/lib/docker/overlay2/ID/merged bind",
      "/srv/example/data rbind ro",
      "/srv/example/mnt rbind ro",
      "/var/lib/docker/volumes/named/_data rbind",
      "/var/lib/docker/containers/ID/hostname rbind",
      "/var/lib/docker/containers/ID/hosts rbind",
      "/var/lib/docker/containers/ID/resolv.conf rbind nosuid nodev noatime",
      "/var/lib/docker/containers/ID/mounts/secrets/k1 rbind ro",
      "/run/docker.sock rbind",
      "/usr/bin/docker-init bind ro",
    ],
    readonlyRootfs: true,
  },
  "nerdctl-run": {
    shmSize: 2048,
    outcomes: {
      "shared bind": "/sbin/tini /etc/resolv.conf /etc/hosts /etc/hostname /data /conf/app.conf /volume",
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys /run /sys/fs/cgroup /scratch",
      "shm sandbox-shm": "/dev/shm<16!size=1073741824 /dev/shm!exec",
    },
    binds: [
      "/srv/example/bundle/rootfs bind",
      "/usr/local/bin/tini bind ro",
      "/var/lib/nerdctl/1935db59/containers/default/ID/resolv.conf bind",
      "/var/lib/nerdctl/1935db59/etchosts/default/ID/hosts bind",
      "/var/lib/nerdctl/1935db59/containers/default/ID/hostname bind",
      "/srv/example/data rbind ro",
      "/srv/example/app.conf rbind ro nosuid nodev noexec noatime nodiratime",
      "/var/lib/nerdctl/1935db59/volumes/default/named/_data rbind",
    ],
  },
};
