import type { Generation } from "../../../ffi/guest/generation.ts";

type Code = "INTERNAL" | "INVALID_ARGUMENT" | "NOT_FOUND";

/** What a call may be about that is not there. */
export type Missing = "container" | "process" | "first process";

/** What Kata's agents do differently, as far as rows see it. What they do with CopyFile is in `ffi/guest/generation.ts`. */
export interface AgentTraits {
  /** The version that it gives of itself. */
  readonly version: string;
  /** How it copies. */
  readonly copies: Generation;
  /** The calls that it does not know. */
  readonly lacks: readonly string[];
  /** What a read gives at the end of an output that is no terminal's. */
  readonly endOfOutput: "no data" | "read meet eof";
  /** What it tells as the status of a process that a signal ended. */
  readonly killed: "128 and the signal" | "the signal";
  /** The code and the words of calls about a process that is not there. */
  readonly missing: Readonly<Record<Missing, readonly [code: Code, words: string]>>;
  /** Whether it keeps a storage that is `shared` until the sandbox ends. Others unmount it with its last container. */
  readonly keepsShared: boolean;
  /** Whether it makes the directories that an overlay names by `create_directory`. Without it, an overlay over layers is refused. */
  readonly makesDirectories: boolean;
}

/** The agents that were asked, from the oldest on. */
export const agentTraits: readonly AgentTraits[] = [
  {
    ...{ version: "3.8.0", copies: "3.3", lacks: ["getDiagnosticData"], endOfOutput: "read meet eof" },
    killed: "the signal",
    missing: {
      container: ["INTERNAL", "Invalid container id"],
      process: ["INTERNAL", "Invalid exec id"],
      "first process": ["INTERNAL", "cannot find init process!"],
    },
    ...{ keepsShared: false, makesDirectories: false },
  },
  {
    ...{ version: "4.1.0", copies: "4.0", lacks: [], endOfOutput: "no data" },
    killed: "128 and the signal",
    missing: {
      container: ["INVALID_ARGUMENT", "InvalidContainerId"],
      process: ["NOT_FOUND", "InvalidExecId"],
      "first process": ["NOT_FOUND", "InitProcessNotFound"],
    },
    ...{ keepsShared: true, makesDirectories: true },
  },
];

/** The newest agent that was asked. */
export const newest: AgentTraits = agentTraits.at(-1) as AgentTraits;

/**
 * The traits of an agent of a version.
 *
 * @throws {Error} for one that was never asked.
 */
export function traitsOf(version: string): AgentTraits {
  const found = agentTraits.find((traits) => traits.version === version);
  if (!found)
    throw new Error(`Cannot say what an agent ${version} does: tests/support/agent/agent-traits.ts lacks it`);
  return found;
}

/** What an agent tells as the status of a process that a signal ended. */
export function statusOf({ killed }: AgentTraits, signal: number): number {
  return killed === "the signal" ? signal : 128 + signal;
}

/** What the played agent does not do, and why. */
export const notPlayed = {
  "many containers": "each takes some commands in an emulated guest, so that a hundred take many minutes",
} as const;

/** Something that the played agent does not do. */
export type NotPlayed = keyof typeof notPlayed;
