/**
 * Where runtimes listen on a node: who may write to one of these can start a container with the host's root in it, or take one over.
 * From the runtimes' defaults; a node that has others names them in `refuse.paths`.
 */
export const runtimeSockets: readonly string[] = [
  // containerd, the tasks of its pods, and its plugins; k3s and RKE2, k0s and MicroK8s have a containerd of their own.
  ...["/run/containerd/containerd.sock", "/run/containerd/containerd.sock.ttrpc", "/run/containerd/s"],
  ...["/run/k3s/containerd/containerd.sock", "/run/k3s/containerd/containerd.sock.ttrpc"],
  ...["/run/k0s/containerd.sock", "/var/snap/microk8s/common/run/containerd.sock"],
  ...["/run/nri/nri.sock", "/opt/nri/plugins"],
  // CRI-O, Docker with a containerd of its own, Podman, BuildKit.
  ...["/run/docker/containerd/containerd.sock", "/run/docker/containerd/containerd.sock.ttrpc"],
  ...["/run/crio/crio.sock", "/run/docker.sock", "/run/cri-dockerd.sock", "/run/dockershim.sock"],
  ...["/run/podman/podman.sock", "/run/buildkit/buildkitd.sock"],
  // Kata's machines and this library's: their consoles and agents, and what is shared with each.
  ...["/run/vc", "/run/kata", "/run/kata-containers", "/run/guestshare"],
];

/**
 * Where containerd and Docker keep what their containers are made of: root filesystems, which whoever may write there has taken over, and
 * the configurations by which they are started again.
 */
export const runtimeDirectories: readonly string[] = [
  ...["/run/containerd", "/var/lib/containerd", "/run/docker", "/var/lib/docker"],
  ...[
    "/run/k3s/containerd",
    "/var/lib/rancher/k3s/agent/containerd",
    "/var/lib/rancher/rke2/agent/containerd",
  ],
  ...["/run/k0s/containerd", "/var/lib/k0s/containerd"],
  ...["/var/snap/microk8s/common/run/containerd", "/var/snap/microk8s/common/var/lib/containerd"],
];

/** The directory in which each user has one that is called by his number. */
export const usersDirectory = "/run/user";

/** Where the runtimes of ordinary users listen, and keep their containers: the names in such a user's directory. */
export const userRuntimes: readonly string[] = [
  ...["docker.sock", "docker", "dockerd-rootless", "podman", "libpod", "containers", "k3s"],
  ...["containerd", "containerd-rootless", "buildkit", "buildkit-default"],
];

/** Where the kernel's own filesystems are. */
export const kernelPlaces: readonly string[] = ["/proc", "/sys", "/dev"];

/** Memory that pods of the host's IPC namespace share, and huge pages: on filesystems that are not the kernel's own. */
export const memoryPlaces: readonly string[] = ["/dev/shm", "/dev/hugepages"];
