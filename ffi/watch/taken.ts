import { AgentError } from "../agent/agent-error.ts";

/** Whether an agent answered that something has a link's name already: agents before 4.0 do not always replace it. */
export function isTaken(cause: unknown): boolean {
  return (
    cause instanceof AgentError && cause.trouble === "status" && /EEXIST|file exists/i.test(cause.reason)
  );
}
