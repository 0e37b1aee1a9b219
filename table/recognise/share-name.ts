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

type Patterns = readonly (readonly [ShareKind, RegExp])[];

const ofTwoNames: Patterns = [
  ["sandbox-mount", /^sandbox-mounts\/(?<label>[^/]+)$/s],
  ["root", /^(?<container>[^/]+)\/rootfs$/s],
  ["snapshot", /^(?<container>[^/]+)\/snapshotdir$/s],
];

const ofOneName: Patterns = [
  // Kata's Rust runtime takes eight digits.
  ["together", /^sandbox-(?:[0-9a-f]{16}|[0-9a-f]{8})-(?<label>[^/]*)$/s],
  // The shortest name that a container can have: a label may have such digits in it.
  ["own", /^(?<container>[^/]+?)-(?:[0-9a-f]{16}|[0-9a-f]{8})-(?<label>[^/]*)$/s],
];

/** What the path of a share in its hub says, as plans and both of Kata's runtimes name shares. */
export function namedShare(name: string): NamedShare {
  for (const [kind, pattern] of name.includes("/") ? ofTwoNames : ofOneName) {
    const groups = pattern.exec(name)?.groups;
    if (!groups) continue;
    const { container, label } = groups;
    return { kind, ...(container !== undefined && { container }), ...(label !== undefined && { label }) };
  }
  return { kind: "unknown" };
}
