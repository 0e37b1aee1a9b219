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
  /** A file or directory at a place of the guest, or of a container: the name says where. */
  | "placed"
  /** Something that no share is called like. */
  | "unknown";

/** What the name of a share says. */
export interface NamedShare {
  /** What the share is. */
  readonly kind: ShareKind;
  /** The container that it was made for, of one that is not for several; "machine" is the guest itself. */
  readonly container?: string | undefined;
  /** The last name of its source or destination; perhaps cut. */
  readonly label?: string | undefined;
  /** Of a share at a place: where the guest or the container has it. */
  readonly place?: string | undefined;
}

// The shortest name that a container can have: a label may have such digits in it. Kata's Rust runtime takes eight.
const oneName = /^([^/]+?)-(?:[0-9a-f]{16}|[0-9a-f]{8})-([^/]*)$/s;
// No owner of such a share is called as a share that containers have together.
const placedName = /^(?![^%]*-[0-9a-f]{16}-)([A-Za-z0-9][A-Za-z0-9_.-]*)(%2F(?:[^/%]|%[0-7][0-9A-F])+)$/s;
const twoNames = /^([^/]+)\/([^/]+)$/s;

/** What the path of a share in its hub says, as plans and both of Kata's runtimes name shares. */
export function namedShare(name: string): NamedShare {
  const placed = placedShare(name);
  if (placed) return placed;
  const isOne = !name.includes("/");
  const [, first = "", label = ""] = (isOne ? oneName : twoNames).exec(name) ?? [];
  if (first === "") return { kind: "unknown" };
  if (isOne)
    return first === "sandbox" ? { kind: "together", label } : { kind: "own", container: first, label };
  if (first === "sandbox-mounts") return { kind: "sandbox-mount", label };
  if (label === "rootfs") return { kind: "root", container: first };
  return label === "snapshotdir" ? { kind: "snapshot", container: first } : { kind: "unknown" };
}

// As the core writes such names: what is encoded has one byte.
function placedShare(name: string): NamedShare | undefined {
  const [, container, encoded] = (name.includes("%2F") && placedName.exec(name)) || [];
  if (container === undefined || encoded === undefined) return undefined;
  const place = encoded.replace(/%(..)/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 16)));
  return { kind: "placed", container, label: place.slice(place.lastIndexOf("/") + 1), place };
}
