import { Buffer, isUtf8 } from "node:buffer";
import type { AgentError } from "../agent/agent-error.ts";
import type { FileStatx } from "../linux/structs.ts";
import type { CopyItem } from "./copy-item.ts";
import { sendingOf } from "./file-sending.ts";
import type { SkipReason } from "./notes.ts";
import type { TreeTools } from "./tools.ts";

const PERMISSION_DENIED = 7;

/** A link as it was found. */
export interface FoundLink extends CopyItem {
  readonly file: FileStatx;
  /** Where it leads, as it is written in it. */
  readonly target: Uint8Array;
  /** How many directories below the source it is; 0 right in it. */
  readonly depth: number;
}

/** Sends a link in a lane that was entered; false where it may not be sent. */
export async function copyLink({ sender, ledger, settings }: TreeTools, link: FoundLink): Promise<boolean> {
  const { path, file, target } = link;
  const skip = (reason: SkipReason) => {
    ledger.skip(path, reason);
    return false;
  };
  const text = Buffer.from(target).toString();
  const reason = isUtf8(target) ? wayOut(text, link.depth) : "odd-link";
  if (reason === "odd-link" || (reason && settings.links === "inside")) return skip(reason);
  const sending = sendingOf(file, { size: 0, offset: 0, data: target });
  if (!(await sender.offer(link, sending, isPolicy))) return skip("refused-link");
  // What Kata's default policy says of links (genpolicy, rules.rego).
  if (reason || /(?:^|\/)\.\.(?:$|\/)/.test(text)) ledger.warn(path, reason ? "outward-link" : "dotted-link");
  ledger.arrived(path);
  return true;
}

const isPolicy = ({ status }: AgentError) => status === PERMISSION_DENIED;

/** How a link leaves the tree by its words; undefined where it does not. What other links on its way do is not known. */
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
