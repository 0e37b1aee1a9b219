/** Whose files they are. */
export interface FileOwner {
  readonly pod: { readonly id?: string | undefined };
  readonly container: { readonly id: string };
}

/** The directory of containerd's CRI in those of containerd. */
const CRI = "io.containerd.grpc.v1.cri";

/**
 * What containerd itself mounts into a container from its own directories: the pod's hosts, hostname, resolv.conf and memory, images that
 * are volumes of the pod, and the volumes that the container's image declares. Those of others are not among them.
 */
export class OwnFiles {
  readonly #directories: readonly string[];

  /** In some directories of containerd. */
  constructor(directories: readonly string[], { pod, container }: FileOwner) {
    const names = [
      ...(isName(pod.id) ? [`sandboxes/${pod.id}`, `image-volumes/${pod.id}`] : []),
      ...(isName(container.id) ? [`containers/${container.id}/volumes`] : []),
    ];
    this.#directories = directories.flatMap((directory) =>
      names.map((name) => `${directory}/${CRI}/${name}/`),
    );
  }

  /** Whether a path without links is in them. */
  has(path: string): boolean {
    return this.#directories.some((directory) => path.startsWith(directory));
  }
}

function isName(id: string | undefined): id is string {
  return id !== undefined && id !== "" && id !== "." && id !== ".." && !id.includes("/");
}
