import { isAbsolute, join } from "node:path";
import type { Container } from "../../../mod.ts";
import type { AgentCallOptions } from "../agent.ts";
import { isUnknownCall, type RuntimeAgent } from "./runtime-agent.ts";

const POLICY = "io.kubernetes.container.terminationMessagePolicy";
const PATH = "io.kubernetes.container.terminationMessagePath";

/** Kubernetes reads no more. */
const MOST_BYTES = 4096;

/**
 * Brings what a container wrote into its termination log to the host's file, where the guest has a copy of that. Kubelet made the
 * file: no other is made, and no link is followed.
 *
 * @throws {AgentError} if the agent does not give it, and the filesystem's error if it cannot be written.
 */
export async function bringTerminationLog(
  agent: RuntimeAgent,
  { id, bundle, annotations = {}, mounts = [] }: Container,
  options: AgentCallOptions,
): Promise<void> {
  const path = annotations[POLICY] === "File" ? annotations[PATH] : undefined;
  const source = mounts.find(({ destination }) => destination === path)?.source;
  if (!source) return;
  const message = await logOf(agent, id, options);
  if (message === "") return;
  const { constants } = await import("node:fs");
  const { open } = await import("node:fs/promises");
  const file = await open(
    placeOf(source, bundle),
    constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
  );
  try {
    if (!(await file.stat()).isFile()) throw new TypeError(`${JSON.stringify(source)} is no file`);
    await file.truncate();
    await file.write(new TextEncoder().encode(message).subarray(0, MOST_BYTES));
  } finally {
    await file.close();
  }
}

// A bundle's own directory is where its relative sources are; the current one is another's.
function placeOf(source: string, bundle: string | undefined): string {
  if (isAbsolute(source)) return source;
  if (bundle !== undefined && isAbsolute(bundle)) return join(bundle, source);
  throw new TypeError(`${JSON.stringify(source)} is relative, and the container has no bundle`);
}

async function logOf(agent: RuntimeAgent, containerId: string, options: AgentCallOptions): Promise<string> {
  try {
    return (await agent.getDiagnosticData({ logType: "termination_log", containerId }, options)).data;
  } catch (error) {
    if (isUnknownCall(error)) return "";
    throw error;
  }
}
