import { type FoundSandbox, layoutPlaces } from "../../table/mod.ts";
import { AT_FDCWD, O_RDONLY } from "../linux/constants.ts";
import type { Host } from "../linux/host.ts";
import { readMark } from "../linux/mark.ts";
import { MACHINE } from "../linux/names.ts";
import { isOfThisBoot } from "../linux/namespace.ts";
import { unlessMissing } from "../linux/syscall-error.ts";
import { type Maker, makerOf } from "./maker.ts";
import { type Holders, holdersOf, searchHolders } from "./view-holders.ts";

/** Whether a sandbox is in use. What is not known for certain is unknown, and left alone. */
export type LifeState = "alive" | "dead" | "unknown";

/** Why. */
export type LifeReason =
  /** The list of the living has it. */
  | "listed"
  /** A process has its view open. */
  | "open"
  /** The list of the living is without it, and nobody has its view open. */
  | "not-listed"
  /** The process that prepared it lives. */
  | "maker"
  /** The process that prepared it has ended, and nobody has its view open. */
  | "maker-gone"
  /** The mount namespace that it lived in is gone, by proof. */
  | "namespace-gone"
  /** It changed, or was in a list of the living, not long ago. */
  | "young"
  /** There is no list of the living. */
  | "no-list"
  /** Somebody else mounted something in it. */
  | "strangers"
  /** It lives in another mount namespace, or may. */
  | "elsewhere"
  /** Not each process could be looked at. */
  | "not-all-seen";

/** What is known of a sandbox's life. */
export interface Verdict {
  /** Whether the sandbox is in use. */
  readonly state: LifeState;
  /** How that is known. */
  readonly reason: LifeReason;
  /** Who has its view open, or prepared it. */
  readonly process?: number | undefined;
}

/** What is known of the living. */
export interface Living {
  /** The ids that live; undefined where nobody says so. */
  readonly ids: ReadonlySet<string> | undefined;
  /** How long a sandbox may not have changed to be taken for dead. */
  readonly graceMs: number;
  /** Whether a sandbox is young, whatever its directory says. */
  readonly isYoung?: ((id: string) => boolean) | undefined;
}

/** A sandbox's directory, and what is mounted in it. */
export interface Suspect {
  readonly id: string;
  readonly directory: string;
  /** Undefined where nothing is mounted in it, in this namespace. */
  readonly found: FoundSandbox | undefined;
  /** Whether another namespace has something mounted in it. */
  readonly isElsewhere: boolean;
  /** Whether it is here, or all other namespaces could be looked at. */
  readonly isSeen: boolean;
}

/** Says who has the views of a sandbox open. */
export type FindHolders = (host: Host, suspect: Suspect) => Promise<Holders>;

const holdersNow: FindHolders = (host, suspect) => holdersOf(host.sys, viewsOf(host, suspect));

/** Says it of many sandboxes by one look at all processes, at the first question. */
export function findHoldersOnce(suspects: readonly Suspect[]): FindHolders {
  let searched: ReturnType<typeof searchHolders> | undefined;
  return async (host, suspect) => {
    searched ??= searchHolders(host.sys, new Set(suspects.flatMap((one) => [...viewsOf(host, one)])));
    return (await searched)(viewsOf(host, suspect));
  };
}

/** Whether a sandbox is alive, dead or neither for certain. */
export async function judge(
  host: Host,
  suspect: Suspect,
  { ids, graceMs, isYoung }: Living,
  findHolders: FindHolders = holdersNow,
): Promise<Verdict> {
  const { id, found, isElsewhere, isSeen } = suspect;
  if (ids?.has(id)) return { state: "alive", reason: "listed" };
  const home = await homeOf(host, suspect);
  if (home === "elsewhere" || isElsewhere) return { state: "unknown", reason: "elsewhere" };
  const maker = home === "here" ? makerOfMachine(host, suspect) : undefined;
  if (maker?.isAlive) return { state: "alive", reason: "maker", process: maker.process };
  if (home === "here" && !ids && !maker) return { state: "unknown", reason: "no-list" };
  if (home === "here" && !isSeen) return { state: "unknown", reason: "not-all-seen" };
  if (home === "here" && !maker && (isYoung?.(id) || isYounger(host, suspect, graceMs)))
    return { state: "unknown", reason: "young" };
  if (found && hasStrangers(found)) return { state: "unknown", reason: "strangers" };
  const holders = await findHolders(host, suspect);
  const [process] = holders.processes.values();
  if (process !== undefined) return { state: "alive", reason: "open", process };
  // What was mounted in a namespace that is gone, and is not mounted here, nobody serves.
  const isComplete = maker ? holders.isCompleteButInit : holders.isComplete || (home === "gone" && !found);
  if (!isComplete) return { state: "unknown", reason: "not-all-seen" };
  if (home === "gone") return { state: "dead", reason: "namespace-gone" };
  return { state: "dead", reason: maker ? "maker-gone" : "not-listed" };
}

// Those of `guestshare/vm` live as long as the process that opened them.
function makerOfMachine({ sys }: Host, { directory, found }: Suspect): Maker | undefined {
  const isMachine = found?.hub && unlessMissing(() => sys.statx(AT_FDCWD, `${found.hub?.target}/${MACHINE}`));
  return isMachine ? makerOf(sys, directory) : undefined;
}

/** Whether others mounted something in a sandbox. */
function hasStrangers({ layout, directory, shares, others }: FoundSandbox): boolean {
  const { private: own } = layoutPlaces[layout];
  const isStranger = ({ target }: { target: string }) =>
    own === undefined || !target.startsWith(`${directory}/${own}/`);
  return others.some(isStranger) || shares.some(({ kind }) => kind === "unknown");
}

// Where its mark says that it lives. A sandbox without one is here.
async function homeOf(
  { sys, namespaces }: Host,
  { directory }: Suspect,
): Promise<"here" | "elsewhere" | "gone"> {
  const fd = unlessMissing(() => sys.openDirectory(AT_FDCWD, directory, O_RDONLY));
  if (fd === undefined) return "here";
  try {
    const mark = readMark(sys, fd);
    const found = sys.statx(fd);
    if (await namespaces.elsewhere({ directory: fd, found })) return "elsewhere";
    if (!mark) return "here";
    return isOfThisBoot(sys, mark) && namespaces.isHere(mark, found) ? "here" : "gone";
  } finally {
    sys.close(fd);
  }
}

// The latest change of its directories: something was mounted in them, or removed. A clock may have been set back since.
function isYounger({ sys }: Host, { directory }: Suspect, graceMs: number): boolean {
  if (graceMs === 0) return false;
  const times = ["", "/mounts", "/rw", "/rw/passthrough", "/private"].map((name) => {
    const fd = unlessMissing(() => sys.openPath(directory + name));
    return fd === undefined ? 0 : sys.using(fd, () => changedAt(sys.fileStatx(fd).changed));
  });
  return Date.now() - Math.max(...times) < graceMs;
}

function changedAt([seconds, nanoseconds]: readonly [number, number]): number {
  return seconds * 1000 + nanoseconds / 1e6;
}

// What a virtiofsd has open: the view, or what it shows.
function viewsOf({ sys }: Host, { directory }: Suspect): ReadonlySet<string> {
  const identities = ["mounts", "shared", "rw", "ro", "ro/passthrough"].flatMap((name) => {
    const fd = unlessMissing(() => sys.openPath(`${directory}/${name}`));
    return fd === undefined ? [] : [sys.using(fd, () => sys.statx(fd).identity)];
  });
  return new Set(identities);
}
