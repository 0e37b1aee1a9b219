import type { CallName } from "./call-types.ts";
import type { Health } from "./generated/health_pb.ts";

/** A request of the agent, by the name of its call. */
export type AgentRequest = CallName | keyof (typeof Health)["method"];

/** What could not be done, of whose. */
type Phrase = (whose: string) => string;

/** What is said of each request. */
const callWords: Readonly<Record<AgentRequest, Phrase>> = {
  check: () => "ask the agent how it is",
  version: () => "ask the agent for its version",
  createSandbox: (id) => `create the sandbox${id}`,
  destroySandbox: () => "destroy the sandbox",
  getGuestDetails: () => "ask for the guest's details",
  getOOMEvent: () => "wait for an out-of-memory event",
  onlineCPUMem: () => "bring CPUs and memory online",
  setPolicy: () => "set the agent's policy",
  removeStaleVirtiofsShareMounts: () => "have the guest forget mounts that are gone",
  getDiagnosticData: (id) => `get diagnostic data of the container${id}`,
  createContainer: (id) => `create the container${id}`,
  startContainer: (id) => `start the container${id}`,
  removeContainer: (id) => `remove the container${id}`,
  statsContainer: (id) => `ask what the container${id} uses`,
  execProcess: (id) => `start a process in the container${id}`,
  signalProcess: (id) => `signal a process of the container${id}`,
  waitProcess: (id) => `wait for a process of the container${id}`,
  writeStdin: (id) => `write to a process of the container${id}`,
  readStdout: (id) => `read from a process of the container${id}`,
  readStderr: (id) => `read errors of a process of the container${id}`,
  closeStdin: (id) => `close the input of a process of the container${id}`,
  ttyWinResize: (id) => `resize the terminal of a process of the container${id}`,
  copyFile: (path) => (path === "" ? "copy to the guest" : `copy to${path} in the guest`),
  updateEphemeralMounts: () => "update mounts in the guest",
  getVolumeStats: (path) => `ask how full the volume${path} is`,
  resizeVolume: (path) => `resize the volume${path}`,
};

/** What could not be done: "create the container \"c1\"". */
export function phraseOf(request: AgentRequest, subject: string): string {
  return callWords[request](subject === "" ? "" : ` ${JSON.stringify(subject)}`);
}
