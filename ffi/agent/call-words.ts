import { LONGEST_MS } from "../ttrpc/timeout.ts";
import type { CallName } from "./call-types.ts";
import type { Health } from "./generated/health_pb.ts";

/** A request of the agent, by the name of its call. */
export type AgentRequest = CallName | keyof (typeof Health)["method"];

interface CallWords {
  /** What could not be done, of whose. */
  readonly phrase: (whose: string) => string;
  /** How long it may take, if not as long as the connection's calls. */
  readonly timeoutMs?: number;
}

const call = (phrase: (whose: string) => string, timeoutMs?: number): CallWords => ({
  phrase,
  ...(timeoutMs !== undefined && { timeoutMs }),
});

/** What is said of each request, and how long those may take that wait for a program. */
const callWords: Readonly<Record<AgentRequest, CallWords>> = {
  check: call(() => "ask the agent how it is"),
  version: call(() => "ask the agent for its version"),
  createSandbox: call((id) => `create the sandbox${id}`),
  destroySandbox: call(() => "destroy the sandbox"),
  getGuestDetails: call(() => "ask for the guest's details"),
  getOOMEvent: call(() => "wait for an out-of-memory event", LONGEST_MS),
  onlineCPUMem: call(() => "bring CPUs and memory online"),
  setPolicy: call(() => "set the agent's policy"),
  removeStaleVirtiofsShareMounts: call(() => "have the guest forget mounts that are gone"),
  getDiagnosticData: call((id) => `get diagnostic data of the container${id}`),
  createContainer: call((id) => `create the container${id}`),
  startContainer: call((id) => `start the container${id}`),
  removeContainer: call((id) => `remove the container${id}`),
  statsContainer: call((id) => `ask what the container${id} uses`),
  execProcess: call((id) => `start a process in the container${id}`),
  signalProcess: call((id) => `signal a process of the container${id}`),
  waitProcess: call((id) => `wait for a process of the container${id}`, LONGEST_MS),
  writeStdin: call((id) => `write to a process of the container${id}`, LONGEST_MS),
  readStdout: call((id) => `read from a process of the container${id}`, LONGEST_MS),
  readStderr: call((id) => `read errors of a process of the container${id}`, LONGEST_MS),
  closeStdin: call((id) => `close the input of a process of the container${id}`),
  ttyWinResize: call((id) => `resize the terminal of a process of the container${id}`),
  copyFile: call((path) => (path === "" ? "copy to the guest" : `copy to${path} in the guest`)),
  updateEphemeralMounts: call(() => "update mounts in the guest"),
  getVolumeStats: call((path) => `ask how full the volume${path} is`),
  resizeVolume: call((path) => `resize the volume${path}`),
};

/** What could not be done: "create the container \"c1\"". */
export function phraseOf(request: AgentRequest, subject: string): string {
  return callWords[request].phrase(subject === "" ? "" : ` ${JSON.stringify(subject)}`);
}

/** How long a request may take by default; undefined for as long as the connection's calls. */
export function timeoutOf(request: AgentRequest): number | undefined {
  return callWords[request].timeoutMs;
}
