import { Buffer, isUtf8 } from "node:buffer";
import type { AgentError } from "../agent/agent-error.ts";
import type { CopySession } from "./copy-session.ts";
import type { Entry } from "./entry.ts";
import { sendingOf } from "./sender.ts";
import type { SkipReason } from "./skip-reasons.ts";

const PERMISSION_DENIED = 7;

/** Sends a link in a lane that was entered; false if it was skipped. */
export async function sendLink({ sender, ledger, settings }: CopySession, link: Entry): Promise<boolean> {
  const { path, file, target = new Uint8Array(), depth } = link;
  const skip = (reason: SkipReason) => {
    ledger.skip(path, reason);
    return false;
  };
  const text = Buffer.from(target).toString();
  const reason = isUtf8(target) ? wayOut(text, depth - 1) : "odd-link";
  if (reason === "odd-link" || (reason && settings.links === "inside")) return skip(reason);
  const sending = sendingOf(file, { size: 0, offset: 0, data: target });
  if (!(await sender.offer(link, sending, isPolicy))) return skip("refused-link");
  // What Kata's default policy says of links (genpolicy, rules.rego).
  if (reason || /(?:^|\/)\.\.(?:$|\/)/.test(text)) ledger.warn(path, reason ? "outward-link" : "dotted-link");
  ledger.arrived(path);
  return true;
}

const isPolicy = ({ status }: AgentError) => status === PERMISSION_DENIED;

/**
 * How a link leaves the tree by its text, from a directory that is so far below the source; undefined if it does not. Other
 * links on its way are not followed.
 */
export function wayOut(target: string, depth: number): SkipReason | undefined {
  if (target.startsWith("/")) return "absolute-link";
  let height = depth;
  for (const name of target.split("/")) {
    if (name === "..") height -= 1;
    else if (name !== "" && name !== ".") height += 1;
    if (height < 0) return "outside-link";
  }
  return undefined;
}
