/** What a share is. */
export type ShareKind =
  /** A file or directory of one container. */
  | "own"
  /** One that containers have together. */
  | "together"
  /** A container's root filesystem. */
  | "root"
  /** The directory of a container's nydus image in which it writes. */
  | "snapshot"
  /** A bind mount of the sandbox itself. */
  | "sandbox-mount"
  /** Something that no share is called like. */
  | "unknown";

/** What the name of a share says. */
export interface NamedShare {
  /** What the share is. */
  readonly kind: ShareKind;
  /** The container that it was made for, of one that is not for several. */
  readonly container?: string | undefined;
  /** The last name of its source or destination; perhaps cut. */
  readonly label?: string | undefined;
}

// The shortest name that a container can have: a label may have such digits in it. Kata's Rust runtime takes eight.
const oneName = /^([^/]+?)-(?:[0-9a-f]{16}|[0-9a-f]{8})-([^/]*)$/s;
const twoNames = /^([^/]+)\/([^/]+)$/s;

/** What the path of a share in its hub says, as plans and both of Kata's runtimes name shares. */
export function namedShare(name: string): NamedShare {
  const isOne = !name.includes("/");
  const [, first = "", label = ""] = (isOne ? oneName : twoNames).exec(name) ?? [];
  if (first === "") return { kind: "unknown" };
  if (isOne)
    return first === "sandbox" ? { kind: "together", label } : { kind: "own", container: first, label };
  if (first === "sandbox-mounts") return { kind: "sandbox-mount", label };
  if (label === "rootfs") return { kind: "root", container: first };
  return label === "snapshotdir" ? { kind: "snapshot", container: first } : { kind: "unknown" };
}
