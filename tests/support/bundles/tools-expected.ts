const userdata = `/srv/example/run/vfs-containers/${"0123456789abcdef".repeat(4)}/userdata`;

/** What becomes of a bundle. */
export interface Expected {
  /** The destinations of each kind and reason, in the bundle's order. */
  readonly outcomes: Readonly<Record<string, string>>;
  /** What is bound in the hub: the source, what comes with it, and the attributes. */
  readonly binds: readonly string[];
}

const spec: Expected = {
  outcomes: {
    "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys /sys/fs/cgroup",
    "shm own-shm": "/dev/shm",
  },
  binds: ["/srv/example/bundle/rootfs bind"],
};

/** What becomes of the bundles in fixtures/bundles, where no host has looked at what they name. */
export const bundles: Readonly<Record<string, Expected>> = {
  "runc-spec": spec,
  "crun-spec": spec,
  "crun-spec-rootless": spec,

  // runc binds the host's /sys for an ordinary user: the guest has one of its own.
  "runc-spec-rootless": {
    outcomes: {
      "guest not-a-bind": "/proc /dev /dev/pts /dev/mqueue /sys/fs/cgroup",
      "shm own-shm": "/dev/shm",
      "guest system-mount": "/sys",
    },
    binds: spec.binds,
  },
  "podman-run": {
    outcomes: {
      "guest not-a-bind": "/sys /proc /dev /scratch /dev/pts /dev/mqueue /sys/fs/cgroup",
      "shared bind": "/data /volume /etc/app.conf /etc/hosts /run/.containerenv /etc/hostname",
      "shared same-source": "/same",
      "shm own-shm": "/dev/shm",
    },
    binds: [
      "/srv/example/image bind",
      "/srv/example/data rbind ro",
      "/srv/example/root/volumes/named/_data rbind nosuid nodev",
      "/srv/example/app.conf rbind",
      `${userdata}/hosts bind`,
      `${userdata}/.containerenv bind`,
      `${userdata}/hostname bind`,
    ],
  },
  "podman-run-idmap": {
    outcomes: {
      "guest not-a-bind": "/dev /tmp /run /proc /sys /dev/pts /var/tmp /dev/mqueue /sys/fs/cgroup",
      "shared bind": "/data /app.conf /etc/hosts /etc/hostname",
      "shm own-shm": "/dev/shm",
    },
    binds: [
      "/srv/example/image bind",
      "/srv/example/data rbind idmap 0:100000:65536",
      "/srv/example/app.conf rbind ro idmap 0:100000:65536",
      `${userdata}/hosts bind ro nosuid nodev noexec`,
      `${userdata}/hostname bind ro nosuid nodev noexec`,
    ],
  },
  "podman-run-host": {
    outcomes: {
      "guest not-a-bind": "/sys /proc /dev /dev/pts /dev/mqueue /sys/fs/cgroup",
      "shared bind": "/data /etc/hosts /run/.containerenv /etc/hostname /etc/resolv.conf",
      "guest host-device": "/null",
      "guest system-mount": "/version /kernel",
      "shm own-shm": "/dev/shm", // with --ipc host it is the host's own: the guest's is another one
    },
    binds: [
      "/srv/example/image bind",
      "/srv/example/data rbind nosuid noexec",
      `${userdata}/hosts bind`,
      `${userdata}/.containerenv bind`,
      `${userdata}/hostname bind`,
      `${userdata}/resolv.conf bind`,
    ],
  },
  "buildah-run": {
    outcomes: {
      "guest not-a-bind": "/scratch /proc /dev /sys /dev/pts /dev/mqueue /sys/fs/cgroup",
      "shared bind": "/data /etc/app.conf /etc/hostname /run/.containerenv",
      "shm own-shm": "/dev/shm",
    },
    binds: [
      "/srv/example/tmp/buildah1/mnt/rootfs bind",
      "/srv/example/tmp/buildah1/mnt/buildah-bind-target-1 rbind ro",
      "/srv/example/tmp/buildah1/mnt/buildah-bind-target-5 rbind ro",
      "/srv/example/tmp/buildah1/hostname rbind",
      "/srv/example/tmp/buildah1/run/.containerenv rbind",
    ],
  },
};
