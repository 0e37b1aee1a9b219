import type { FoundShare, MountAttribute, MountEntry } from "../../table/mod.ts";
import type { Filesystem } from "./filesystems.ts";

/** What a list has of a mount. */
export type ListValue = string | number | boolean | readonly string[] | null;

/** A column of a list. */
export interface ListColumn {
  readonly name: string;
  /** One line, for help. */
  readonly summary: string;
  readonly of: (filesystem: Filesystem) => ListValue;
}

const row = (name: string, summary: string, of: ListColumn["of"]): ListColumn => ({ name, summary, of });

const ofMount = (of: (mount: MountEntry) => ListValue) => (filesystem: Filesystem) =>
  filesystem.mount ? of(filesystem.mount) : null;

const ofShare = (of: (share: FoundShare) => ListValue) => (filesystem: Filesystem) =>
  filesystem.role === "share" && filesystem.share ? of(filesystem.share) : null;

/** The columns of a list. The first ones are findmnt's, by its names; the others are ours. */
export const listColumns: readonly ListColumn[] = [
  row("TARGET", "where it is mounted", ({ target }) => target),
  row("SOURCE", "what it is of, with the path in it", ofMount(sourceOf)),
  row(
    "FSTYPE",
    "the filesystem's type",
    ({ mount, below }) => mount?.filesystem ?? below?.filesystem ?? null,
  ),
  row("OPTIONS", "the attributes of the mount", optionsOf),
  row("VFS-OPTIONS", "the same", optionsOf),
  row(
    "ID",
    "the mount's id",
    ofMount(({ id }) => id),
  ),
  row(
    "PARENT",
    "the id of the mount that it is on",
    ofMount(({ parent }) => parent),
  ),
  row(
    "MAJ:MIN",
    "the device",
    ofMount(({ device }) => device),
  ),
  row(
    "FSROOT",
    "the path in its filesystem",
    ofMount(({ root }) => root),
  ),
  row("OPT-FIELDS", "how it propagates, as mountinfo has it", ofMount(propagationOf)),
  row("SANDBOX", "the sandbox's id", ({ sandbox }) => sandbox.id),
  row("LAYOUT", "who made it: guestshare, kata-go or kata-rs", ({ sandbox }) => sandbox.layout ?? null),
  row("ROLE", "what it is to its sandbox: guard, hub, view, share and so on", ({ role }) => role),
  row(
    "KIND",
    "what a share is: own, together, root and so on",
    ofShare(({ kind }) => kind),
  ),
  row(
    "CONTAINER",
    "the container that a share was made for",
    ofShare(({ container }) => container ?? null),
  ),
  row("USERS", "the containers that use a share", ofShare(usersOf)),
  row(
    "HOST-PATH",
    "what a share shows, as the host has it",
    ofShare(({ source }) => source.hostPath ?? source.root),
  ),
  row(
    "IN-VIEW",
    "whether the guest's view shows a share",
    ofShare(({ isInView }) => isInView),
  ),
  row(
    "NAMESPACE",
    "the mount namespace, if it is another one",
    ({ sandbox }) => sandbox.namespace?.inode ?? null,
  ),
  row("PROCESS", "a process in that namespace", ({ sandbox }) => sandbox.namespace?.process ?? null),
];

/** What people see where they choose nothing: of other mount namespaces, too, where each is. */
export function defaultListColumns(isEverywhere: boolean): readonly ListColumn[] {
  const there = isEverywhere ? ["NAMESPACE", "PROCESS"] : [];
  return ["TARGET", "HOST-PATH", "FSTYPE", "OPTIONS", "USERS", ...there].flatMap((name) =>
    listColumns.filter((column) => column.name === name),
  );
}

// As findmnt writes it.
function sourceOf({ source, root }: MountEntry): string {
  return root === "/" ? source : `${source}[${root}]`;
}

function usersOf({ users, container }: FoundShare): readonly string[] {
  return users?.toSorted() ?? (container === undefined ? [] : [container]);
}

function optionsOf({ mount, below }: Filesystem): string | null {
  const attributes = mount?.attributes ?? below?.attributes;
  return attributes ? optionsOfAttributes(attributes) : null;
}

// As mountinfo writes them: it has no word for strictatime, and another one for idmap.
function optionsOfAttributes(attributes: readonly MountAttribute[]): string {
  const has = (word: MountAttribute) => attributes.includes(word);
  const hasAccessTime = has("noatime") || has("strictatime");
  const words = attributes.filter((word) => word !== "ro" && word !== "strictatime");
  const named = words.map((word) => (word === "idmap" ? "idmapped" : word));
  return [has("ro") ? "ro" : "rw", ...named, ...(hasAccessTime ? [] : ["relatime"])].join();
}

function propagationOf({ peerGroup, master, isUnbindable }: MountEntry): string {
  const words = [
    ...(peerGroup > 0 ? [`shared:${peerGroup}`] : []),
    ...(master > 0 ? [`master:${master}`] : []),
    ...(isUnbindable ? ["unbindable"] : []),
  ];
  return words.join(" ");
}
