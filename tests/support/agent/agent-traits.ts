import type { Generation } from "../../../ffi/guest/generation.ts";

type Refusal = readonly [
  code: "INTERNAL" | "INVALID_ARGUMENT" | "NOT_FOUND" | "UNAVAILABLE" | "UNIMPLEMENTED",
  words: string,
];

/** What a call may be about that is not there. */
export type Missing = "container" | "process" | "first process";

/** The calls that say in words of their own what is not there; "killAll" is a signal for a whole container. */
export type OwnWords = "writeStdin" | "closeStdin" | "ttyWinResize" | "killAll";

type MissingWords = Readonly<Record<Missing, Refusal>>;

/** What Kata's agents do differently, as far as rows see it. What they do with CopyFile is in `ffi/guest/generation.ts`. */
export interface AgentTraits {
  /** The version that it gives of itself. */
  readonly version: string;
  /** How it copies. */
  readonly copies: Generation;
  /** The calls that it does not know, and how it refuses them. */
  readonly lacks: Readonly<Record<string, Refusal>>;
  /** What a read gives at the end of an output that is no terminal's. */
  readonly endOfOutput: "no data" | "read meet eof";
  /** What it tells as the status of a process that a signal ended. */
  readonly killed: "128 and the signal" | "the signal";
  /** How calls about what is not there are refused; "ID" stands for the container's. */
  readonly missing: MissingWords;
  readonly missingIn: Readonly<Partial<Record<OwnWords, MissingWords>>>;
  /** The mode of the devices that it makes: with 0066, only a root that may override modes opens them. */
  readonly deviceMode: 0o66 | 0o666;
  /** Whether it keeps a storage that is `shared` until the sandbox ends. Others unmount it with its last container. */
  readonly keepsShared: boolean;
  /** Whether it makes the directories that an overlay names by `create_directory`. Without it, an overlay over layers is refused. */
  readonly makesDirectories: boolean;
  /** Whether memory of the guest gets another size. Agents before 3.25 say so, and leave what is mounted as it is. */
  readonly resizesMemory: boolean;
  /** The words of its refusal to start a program in a container whose first one has ended. */
  readonly afterEnd: string;
}

const old: MissingWords = {
  container: ["INTERNAL", "Invalid container id"],
  process: ["INTERNAL", "Invalid exec id"],
  "first process": ["INTERNAL", "cannot find init process!"],
};

const quoted = (code: Refusal[0]): MissingWords => ({
  container: [code, `"invalid argument: ${old.container[1]}`],
  process: [code, `"invalid argument: ${old.process[1]}`],
  "first process": [code, `"invalid argument: ${old["first process"][1]}`],
});

/** The agents that were asked, from the oldest on. */
export const agentTraits: readonly AgentTraits[] = [
  {
    ...{ version: "3.8.0", copies: "3.3", endOfOutput: "read meet eof", killed: "the signal" },
    lacks: {
      getDiagnosticData: ["UNIMPLEMENTED", "GetDiagnosticData method"],
      resizeVolume: ["NOT_FOUND", "/grpc.AgentService/ResizeVolume is not supported"],
    },
    missing: old,
    missingIn: { closeStdin: quoted("INVALID_ARGUMENT"), ttyWinResize: quoted("UNAVAILABLE") },
    ...{ deviceMode: 0o66, keepsShared: false, makesDirectories: false, resizesMemory: false },
    afterEnd: "ENOENT: No such file or directory",
  },
  {
    ...{ version: "4.1.0", copies: "4.0", endOfOutput: "no data", killed: "128 and the signal" },
    lacks: { resizeVolume: ["UNIMPLEMENTED", '"resize_volume is not implemented in kata-agent"'] },
    missing: {
      container: ["INVALID_ARGUMENT", "InvalidContainerId"],
      process: ["NOT_FOUND", "InvalidExecId"],
      "first process": ["NOT_FOUND", "InitProcessNotFound"],
    },
    missingIn: {
      writeStdin: {
        container: ["INTERNAL", "Invalid container id"],
        process: ["INTERNAL", "Process not found: invalid exec id"],
        "first process": ["INTERNAL", "Process not found: init process missing"],
      },
      killAll: { ...old, container: ["INTERNAL", "Invalid container id ID"] },
    },
    ...{ deviceMode: 0o666, keepsShared: true, makesDirectories: true, resizesMemory: true },
    afterEnd: "failed to fork temporary process: ENOMEM",
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
