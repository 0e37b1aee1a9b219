import { Buffer } from "node:buffer";
import { AgentError } from "../agent/agent-error.ts";
import type { CopyError } from "../copy/copy-error.ts";
import type { Directory } from "../copy/directories.ts";
import type { TreeCopier } from "../copy/tree.ts";
import type { GuestVolume } from "./guest-volume.ts";
import { isTaken } from "./taken.ts";

/** The links of a volume that may be on their way, and what is known of them then: not all agents take one twice. */
export class Links {
  readonly #tree: TreeCopier;
  readonly #root: Directory;
  readonly #guest: GuestVolume;
  /** Where they lead, by their names. */
  readonly #targets = new Map<string, string>();

  constructor(tree: TreeCopier, root: Directory, guest: GuestVolume) {
    this.#tree = tree;
    this.#root = root;
    this.#guest = guest;
  }

  /** Where a link leads; "" for what is none. */
  targetOf(name: string): string {
    const found = this.#tree.find(this.#root, name);
    if (!found?.target) return "";
    const target = Buffer.from(found.target).toString("latin1");
    this.#targets.set(name, target);
    return target;
  }

  /** Something with this path on the host is in the guest. */
  arrived(path: string): void {
    const name = path.slice(this.#root.path.length + 1);
    const target = this.#targets.get(name);
    if (target !== undefined) this.#guest.settle(name, target, true);
  }

  /** Whether a failure says that a link is there already, of which an answer was lost: it is not sent again. */
  learn({ guestPath, cause, unfinished }: CopyError): boolean {
    if (!(cause instanceof AgentError)) return false;
    const failed = this.#nameOf(guestPath);
    const target = this.#targets.get(failed);
    const isThere = target !== undefined && isTaken(cause) && this.#guest.mayHave(failed, target);
    if (isThere) this.#guest.settle(failed, target, true);
    for (const name of unfinished.map((one) => this.#nameOf(one.guestPath))) {
      const sent = this.#targets.get(name);
      const isAnswered = name === failed && cause.trouble === "status";
      if (sent !== undefined && !isAnswered) this.#guest.doubt(name, sent);
    }
    return isThere;
  }

  #nameOf(guestPath: string): string {
    return guestPath.slice(this.#root.guestPath.length + 1);
  }
}
