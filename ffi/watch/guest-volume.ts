import { AgentError } from "../agent/agent-error.ts";
import type { CopyError } from "../copy/copy-error.ts";
import { DATA_LINK } from "../copy/selective-copy.ts";
import type { Snapshot } from "./snapshot.ts";

interface GuestEntry {
  /** Where a link leads, or what tells another state of a file or directory. */
  readonly signature: string;
  readonly isThere: boolean;
}

/** A directory of a volume's, as a guest has it. */
export interface GuestDirectory {
  /** Which of the host's directories, in which state, it is a copy of. */
  readonly identity: string;
  /** Its name in the guest. */
  readonly name: string;
}

/**
 * What a guest has of a volume, as far as the agent's answers tell. An update is a sequence of these transitions: `begin`;
 * `sending` and `settled` for each name; `beginDirectory` and `completedDirectory`, if the guest lacks the directory of `..data`;
 * `beginTurn`, and `turned` or `refusedTurn`, if `..data` moves; `finish`. One that fails stops anywhere.
 */
export class GuestVolume {
  readonly #guestPath: string;
  /** By their paths in the volume; "" is the volume's own directory. */
  readonly #entries = new Map<string, GuestEntry>();
  /** The links that this update sends, and where they lead. */
  readonly #sending = new Map<string, string>();
  /** The links that were sent without an answer, and where they lead. */
  readonly #unanswered = new Map<string, string>();
  /** The identities of directories that were begun, whole or not, by their names in the guest. */
  readonly #begun = new Map<string, string>();
  /** The newest directory that is whole. */
  #whole: GuestDirectory | undefined;
  /** Where `..data` leads, as far as is known. */
  #data: GuestDirectory | undefined;
  #turn: "none" | "sent" | "done" | "refused" = "none";
  #snapshot: Snapshot | undefined;

  constructor(guestPath: string) {
    this.#guestPath = guestPath;
  }

  /** Whether the guest may have another version of the volume than this snapshot is of. */
  mayDiffer({ text }: Snapshot): boolean {
    return this.isRefused || !this.#snapshot?.isReliable || this.#snapshot.text !== text;
  }

  /** An update begins. */
  begin(): void {
    this.#snapshot = undefined;
    this.#sending.clear();
  }

  /** The update is over: the guest's volume is like the host's was at this snapshot. */
  finish(snapshot: Snapshot): void {
    this.#snapshot = snapshot;
  }

  has(name: string): boolean {
    return this.#entries.get(name)?.isThere ?? false;
  }

  /** Whether a name has to be sent: the guest lacks it, or has another state of it. */
  needs(name: string, signature: string): boolean {
    return this.#entries.get(name)?.signature !== signature;
  }

  /** A link is about to be sent. */
  sending(name: string, target: string): void {
    this.#sending.set(name, target);
  }

  /** A name was sent, or cannot be. */
  settled(name: string, signature: string, isThere: boolean): void {
    this.#entries.set(name, { signature, isThere });
    this.#unanswered.delete(name);
  }

  /** Names that the guest still has, and the host has no more. The agent has no call to remove them. */
  staleBut(names: readonly string[]): string[] {
    const present = new Set(["", ...names]);
    return [...this.#entries.keys()].filter((name) => this.has(name) && !present.has(name)).sort();
  }

  /** The guest's whole copy of a directory. */
  wholeOf(identity: string): GuestDirectory | undefined {
    return [this.#whole, this.#data].find((directory) => directory?.identity === identity);
  }

  /**
   * A directory is about to be sent. Gives it its name in the guest: the same as on the host, unless the guest has something else
   * there. Somebody may read that, and the agent has no call to remove it.
   */
  beginDirectory(identity: string, wanted: string): GuestDirectory {
    let name = wanted;
    const isTaken = () =>
      name === this.#data?.name ||
      this.#entries.has(name) ||
      (this.#begun.get(name) ?? identity) !== identity;
    for (let number = 1; isTaken(); number += 1) name = `${wanted}.${number}`;
    this.#begun.set(name, identity);
    return { identity, name };
  }

  /** All of a directory was sent. */
  completedDirectory(directory: GuestDirectory): void {
    this.#whole = directory;
  }

  /** Whether `..data` does not lead to the copy of this directory, as far as is known. */
  needsTurn(identity: string): boolean {
    return this.#turn !== "done" || this.#data?.identity !== identity;
  }

  /** The link `..data` is about to be sent: until there is an answer nobody knows where it leads. */
  beginTurn(): void {
    this.#turn = "sent";
  }

  /** The link `..data` leads to this directory. */
  turned(directory: GuestDirectory): void {
    this.#turn = "done";
    this.#data = directory;
  }

  /** The agent's policy refused the link `..data`: the guest keeps its version. */
  refusedTurn(): void {
    this.#turn = "refused";
  }

  get isRefused(): boolean {
    return this.#turn === "refused";
  }

  /**
   * Learns from a failed update which links were sent without an answer. True if the failure itself says that such a link of an
   * earlier update had arrived: not all agents take a link twice. It is not sent again.
   */
  learn({ guestPath, cause, unfinished }: CopyError): boolean {
    if (!(cause instanceof AgentError)) return false;
    const failed = this.#nameOf(guestPath);
    const target = this.#sending.get(failed);
    const isThere = target !== undefined && isTaken(cause) && this.#unanswered.get(failed) === target;
    if (isThere) this.settled(failed, target, true);
    for (const name of unfinished.map((one) => this.#nameOf(one.guestPath))) {
      const sent = this.#sending.get(name);
      const isAnswered = name === failed && cause.trouble === "status";
      if (sent !== undefined && !isAnswered) this.#unanswered.set(name, sent);
    }
    return isThere;
  }

  /** Whether an error says that the agent cannot replace a link that the guest has: a limit of the agent's generation. */
  isStuck({ guestPath, cause }: CopyError): boolean {
    const name = this.#nameOf(guestPath);
    const isReplaced = name === DATA_LINK ? this.#data !== undefined : this.has(name);
    return isReplaced && isTaken(cause);
  }

  #nameOf(guestPath: string): string {
    return guestPath.slice(this.#guestPath.length + 1);
  }
}

// Whether an agent answered that something has a link's name already: agents before 4.0 do not always replace it.
function isTaken(cause: unknown): boolean {
  return (
    cause instanceof AgentError && cause.trouble === "status" && /EEXIST|file exists/i.test(cause.reason)
  );
}
