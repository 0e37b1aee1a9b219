import type { OutcomeKind, OutcomeReason } from "../mod.ts";
import type { CurveKind } from "./marks.ts";

/** What becomes of a mount, by its kind. */
const becomes: Readonly<Record<OutcomeKind, string>> = {
  shared: "The guest sees the host's own files",
  copied: "The agent gets a copy of the files, and the guest writes to the copy alone",
  watchable: "The files are shared, and the agent copies them, anew when the host's change",
  shm: "The guest uses memory of its own as /dev/shm",
  ephemeral: "The guest makes it in its own memory",
  hugepages: "The guest makes it in huge pages of its own memory",
  local: "The guest makes a directory of its own",
  block: "The guest mounts the filesystem of a disk",
  layer: "It is a disk that the agent mounts, and no mount of the container",
  guest: "The guest mounts it without the host",
  ignored: "The guest does not get it",
};

/** Why, by the reason. */
const because: Readonly<Record<OutcomeReason, string>> = {
  bind: "it is a bind of a path of the host",
  "same-source": "another mount shares the same source with the same attributes, and both use one share",
  "no-sharing": "the sandbox shares no filesystem with its guest",
  "configmap-or-secret":
    "it is a configmap or a secret of 1 to 8 files, which the kubelet may replace while the container runs",
  "sandbox-shm": "all containers of the sandbox have one /dev/shm",
  "own-shm": "the sandbox has no /dev/shm for all of its containers",
  "tmpfs-emptydir": "it is an emptyDir in memory",
  "hugetlbfs-emptydir": "it is an emptyDir in huge pages",
  "disk-emptydir": "it is an emptyDir on a disk, and the sandbox keeps those in the guest",
  type: "the mount's type says so",
  "block-drive": "the mount has a disk of the virtual machine",
  "is-layer": "its options say that it is a layer of the root filesystem",
  "system-mount": "its source is in /proc or /sys, which would be the host's",
  "host-device": "its source is a device of the host, which no share carries",
  "not-a-bind": "it is no bind: its type names a filesystem that the guest's kernel has",
  "special-file": "its source has no content that can be copied",
};

/**
 * What becomes of a mount and why, as a sentence for people.
 *
 * @example
 * ```ts
 * import { sentenceOf } from "guestshare/picture";
 *
 * console.log(sentenceOf("ignored", "special-file"));
 * // The guest does not get it, because its source has no content that can be copied.
 * ```
 */
export function sentenceOf(kind: OutcomeKind, reason: OutcomeReason): string {
  return `${becomes[kind]}, because ${because[reason]}.`;
}

/** How a container's root filesystem gets to the guest. */
const roots: Readonly<Record<CurveKind, string>> = {
  bound: "The guest sees the host's own directory",
  copied: "The agent gets a copy",
  storage: "The agent mounts it from what is shared",
  disk: "The guest mounts the filesystem of a disk",
  overlay: "The guest puts layers over each other",
  made: "The guest has it without the host's files",
};

/** Who may write to a container's root filesystem. */
export interface RootAccess {
  /** Whether the guest makes it read-only for the container. */
  readonly isMadeReadOnly: boolean;
  /** Whether what it is made from can be written to. */
  readonly isWritable: boolean;
}

/** How a container's root filesystem gets to the guest, and who may write to it, as a sentence for people. */
export function rootSentenceOf(by: CurveKind, { isMadeReadOnly, isWritable }: RootAccess): string {
  const how = roots[by];
  if (!isWritable) return `${how}, which is read-only.`;
  if (!isMadeReadOnly) return `${how}, and the container may write to it.`;
  const rest = by === "bound" ? "; the share itself is writable by the guest's kernel" : "";
  return `${how}, and the guest makes it read-only for the container${rest}.`;
}

/** Who may write to what the guest has of the view. */
export const viewSentence =
  "The guest mounts the sandbox's view as a whole: its top is read-only, and each share in it says for itself whether the guest may write to it.";
