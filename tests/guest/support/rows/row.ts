import type { TtrpcAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import type { FilesystemShare, FilesystemShareOptions, Sandbox } from "../../../../ffi/mod.ts";
import type { MachineDisk } from "../../../../vm/mod.ts";
import type { AgentTraits, NotPlayed } from "../../../support/agent/agent-traits.ts";
import type { Scratch } from "../../../support/scratch.ts";
import type { Guest } from "../guest.ts";
import type { Hardware } from "../hardware.ts";
import type { Pod } from "./pod.ts";

/** What an agent does with our plans in a guest, whichever agent it is. */
export interface Row {
  readonly what: string;
  /** The sandbox, where it is not the usual one. */
  readonly sandbox?: Partial<Sandbox>;
  readonly machine?: Hardware["machine"];
  /** Makes the guest's disks. */
  readonly disks?: (scratch: Scratch) => readonly MachineDisk[];
  /** Does it, and gives what was seen: the same for each agent. */
  readonly see: (place: RowPlace) => Promise<unknown>;
  /** Looks at what is on the host when the guest has ended. */
  readonly after?: (scratch: Scratch, traits: AgentTraits) => void;
  /** What it needs of an agent that the played one does not do. */
  readonly needs?: NotPlayed;
}

/** A sandbox in a guest with an agent. */
export interface RowPlace {
  readonly scratch: Scratch;
  readonly share: FilesystemShare;
  /** Another one for the same sandbox. */
  readonly shareWith: (overrides: Partial<Sandbox>, options?: FilesystemShareOptions) => FilesystemShare;
  readonly guest: Guest;
  readonly agent: TtrpcAgent;
  /** What this agent does otherwise than others. */
  readonly traits: AgentTraits;
  /** Another connection to the agent. */
  readonly connect: () => Promise<TtrpcAgent>;
  /** The sandbox's containers. */
  readonly pod: Pod;
}
