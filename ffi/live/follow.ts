import { setTimeout as wait } from "node:timers/promises";
import { type FoundSandbox, type MountEntry, type MountTable, recognise } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import type { Libc } from "../linux/libc.ts";
import { openLibc } from "../linux/open-libc.ts";
import { paced } from "../linux/paced.ts";
import { Syscalls } from "../linux/syscalls.ts";
import { MountEvents } from "./mount-events.ts";
import { readMount, readTable } from "./read-table.ts";
import { realDirectory } from "./real-directory.ts";

/** What is followed. */
export interface FollowOptions {
  /** The directory of the sandboxes. */
  readonly hostDir: string;
  /** Ends it. */
  readonly signal?: AbortSignal | undefined;
  /** How often to look, in milliseconds. Default: 20 where the kernel tells of mounts, else 500, for all of them are read then. */
  readonly intervalMs?: number | undefined;
  /** The way to libc. Default: the one of this runtime. */
  readonly libc?: Libc | undefined;
}

/** A change of the mounts in a directory of sandboxes. */
export type MountChange =
  /** What is there: at the beginning, and again where events were lost. */
  | {
      readonly kind: "looked";
      readonly reason: "start" | "lost";
      readonly sandboxes: readonly FoundSandbox[];
    }
  /** A mount that came or went. One that was gone before anybody looked has only its id: it may have been elsewhere. */
  | {
      readonly kind: "attached" | "detached";
      readonly id: number;
      readonly mount?: MountEntry | undefined;
    };

const names: OptionNames<FollowOptions> = { hostDir: true, signal: true, intervalMs: true, libc: true };
const EVENTS_MS = 20;
const POLLED_MS = 500;

/** Follows the mounts in a directory of sandboxes. */
export async function* follow(options: FollowOptions): AsyncGenerator<MountChange, void, void> {
  checkOptionNames(options, names);
  const sys = new Syscalls(options.libc ?? (await openLibc()));
  const following = new Following(sys, realDirectory(sys, options.hostDir));
  const { signal, intervalMs = following.hasEvents ? EVENTS_MS : POLLED_MS } = options;
  try {
    yield await following.look("start");
    while (!signal?.aborted) {
      yield* await following.changes();
      await wait(intervalMs, undefined, signal ? { signal } : {}).catch(() => {});
    }
  } finally {
    following.close();
  }
}

class Following {
  readonly #sys: Syscalls;
  readonly #hostDir: string;
  readonly #events: MountEvents | undefined;
  /** The mounts in the directory that were reported. */
  #known = new Map<number, MountEntry>();

  // The events are opened before the first look: nothing comes between.
  constructor(sys: Syscalls, hostDir: string) {
    this.#sys = sys;
    this.#hostDir = hostDir;
    this.#events = MountEvents.open(sys);
  }

  /** Whether the kernel reports mounts. */
  get hasEvents(): boolean {
    return this.#events !== undefined;
  }

  close(): void {
    this.#events?.close();
  }

  async look(reason: "start" | "lost"): Promise<MountChange> {
    const table = await this.#table();
    this.#known = this.#inside(table);
    return { kind: "looked", reason, sandboxes: recognise(table, { hostDir: this.#hostDir }) };
  }

  /** What changed since the last time. */
  async changes(): Promise<MountChange[]> {
    if (!this.#events) return this.#compared(this.#inside(await this.#table()));
    const changes: MountChange[] = [];
    for (const event of this.#events.take()) {
      if (event.kind === "lost") changes.push(await this.look("lost"));
      else if (event.kind === "attached") changes.push(...this.#attached(event.id));
      else changes.push(...this.#detached(event.id));
    }
    return changes;
  }

  #attached(id: number): MountChange[] {
    // The first look has it already.
    if (this.#known.has(id)) return [];
    const mount = readMount(this.#sys, id);
    if (mount && !this.#isInside(mount)) return [];
    if (mount) this.#known.set(id, mount);
    return [{ kind: "attached", id, ...(mount && { mount }) }];
  }

  #detached(id: number): MountChange[] {
    const mount = this.#known.get(id);
    this.#known.delete(id);
    // A mount that was never reported is in another directory.
    return mount ? [{ kind: "detached", id, mount }] : [];
  }

  #compared(now: Map<number, MountEntry>): MountChange[] {
    const before = this.#known;
    this.#known = now;
    const isSame = (one: MountEntry, other: MountEntry | undefined) =>
      other?.target === one.target && other.root === one.root && other.device === one.device;
    const gone = [...before.values()].filter((mount) => !isSame(mount, now.get(mount.id)));
    const come = [...now.values()].filter((mount) => !isSame(mount, before.get(mount.id)));
    return [
      ...gone.map((mount): MountChange => ({ kind: "detached", id: mount.id, mount })),
      ...come.map((mount): MountChange => ({ kind: "attached", id: mount.id, mount })),
    ];
  }

  #table(): MountTable | Promise<MountTable> {
    return paced(readTable(this.#sys));
  }

  #inside(table: MountTable): Map<number, MountEntry> {
    return new Map(table.filter((mount) => this.#isInside(mount)).map((mount) => [mount.id, mount]));
  }

  #isInside({ target }: MountEntry): boolean {
    return target.startsWith(`${this.#hostDir}/`);
  }
}
