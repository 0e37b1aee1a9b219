import type { Spec } from "../../../ffi/agent/generated/oci_pb.ts";
import type { Guest } from "./guest.ts";

const base = "/sys/fs/cgroup";

/** The groups of processes in a guest whose memory is limited: one for each container that has a limit. */
export class GuestGroups {
  readonly #guest: Guest;
  /** How many processes of each were killed, as far as it was told. */
  readonly #killed = new Map<string, number>();

  constructor(guest: Guest) {
    this.#guest = guest;
  }

  /** Where a container's group is, if it has one. */
  placeOf(container: string): string {
    return `${base}/${container}`;
  }

  /** Makes the group of a container whose memory is limited. */
  async make(container: string, { linux }: Spec): Promise<void> {
    const limit = linux?.resources?.memory?.limit ?? 0n;
    if (limit <= 0n) return;
    const place = this.placeOf(container);
    await this.#guest.call("mkdirs", place);
    await this.#guest.write(`${place}/memory.max`, String(limit));
    this.#killed.set(container, 0);
  }

  /** Whether more of a container's processes were killed, since this was asked, because its memory ran out. */
  async ranOut(container: string): Promise<boolean> {
    const before = this.#killed.get(container);
    if (before === undefined) return false;
    const events = await this.#guest.read(`${this.placeOf(container)}/memory.events`);
    const killed = Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);
    this.#killed.set(container, killed);
    return killed > before;
  }

  /** Removes the group of a container that has ended. */
  async remove(container: string): Promise<void> {
    if (this.#killed.delete(container)) await this.#guest.call("rmdir", this.placeOf(container));
  }
}
