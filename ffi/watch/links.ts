import { Buffer } from "node:buffer";
import { AgentError } from "../agent/agent-error.ts";
import type { CopyError } from "../copy/copy-error.ts";
import type { Directory } from "../copy/directories.ts";
import type { Entry } from "../copy/find.ts";
import type { GuestVolume } from "./guest-volume.ts";
import { stateOf } from "./signature.ts";
import { isTaken } from "./taken.ts";

/** The links of a volume that may be on their way, and what is known of them then: not all agents take one twice. */
export class Links {
  readonly #root: Directory;
  readonly #guest: GuestVolume;
  /** Where they lead, by their paths in the volume. */
  readonly #targets = new Map<string, string>();

  constructor(root: Directory, guest: GuestVolume) {
    this.#root = root;
    this.#guest = guest;
  }

  /** What shows that something is another one: of a link where it leads. */
  stateOf({ path, file, target }: Entry): string {
    if (!target) return stateOf(file);
    const text = Buffer.from(target).toString("latin1");
    this.#targets.set(this.nameOf(path), text);
    return text;
  }

  /** Its path in the volume, of something with this path on the host. */
  nameOf(path: string): string {
    return path.slice(this.#root.path.length + 1);
  }

  /** Something with this path on the host is in the guest. */
  arrived(path: string): void {
    const name = this.nameOf(path);
    const target = this.#targets.get(name);
    if (target !== undefined) this.#guest.settle(name, target, true);
  }

  /** Whether a failure says that a link is there already, of which an answer was lost: it is not sent again. */
  learn({ guestPath, cause, unfinished }: CopyError): boolean {
    if (!(cause instanceof AgentError)) return false;
    const failed = this.#guestNameOf(guestPath);
    const target = this.#targets.get(failed);
    const isThere = target !== undefined && isTaken(cause) && this.#guest.mayHave(failed, target);
    if (isThere) this.#guest.settle(failed, target, true);
    for (const name of unfinished.map((one) => this.#guestNameOf(one.guestPath))) {
      const sent = this.#targets.get(name);
      const isAnswered = name === failed && cause.trouble === "status";
      if (sent !== undefined && !isAnswered) this.#guest.doubt(name, sent);
    }
    return isThere;
  }

  #guestNameOf(guestPath: string): string {
    return guestPath.slice(this.#root.guestPath.length + 1);
  }
}
