import { FAN_MNT_ATTACH, FAN_MNT_DETACH, FAN_Q_OVERFLOW } from "../linux/constants.ts";
import type { Syscalls } from "../linux/syscalls.ts";

/** What happened to a mount, by its unique id; or that events were lost. */
export type MountEvent =
  | { readonly kind: "attached" | "detached"; readonly id: number }
  | { readonly kind: "lost" };

const ROOM = 65536;
const INFO_MNT = 7;

/** The attaches and detaches of mounts in this namespace, as the kernel queues them. */
export class MountEvents {
  readonly #sys: Syscalls;
  readonly #fd: number;
  readonly #buffer = new Uint8Array(ROOM);

  private constructor(sys: Syscalls, fd: number) {
    this.#sys = sys;
    this.#fd = fd;
  }

  /** Undefined where the kernel (before 6.15), a filter or the user's rights give none. */
  static open(sys: Syscalls): MountEvents | undefined {
    const fd = sys.openMountEvents();
    return fd === undefined ? undefined : new MountEvents(sys, fd);
  }

  /** Those that are there, in their order; none where nothing happened. */
  take(): MountEvent[] {
    const events: MountEvent[] = [];
    for (let length = this.#read(); length > 0; length = this.#read()) {
      const view = new DataView(this.#buffer.buffer, 0, length);
      for (let at = 0; at < length; at += view.getUint32(at, true)) events.push(...eventsAt(view, at));
    }
    return events;
  }

  #read(): number {
    return this.#sys.readNow(this.#fd, this.#buffer);
  }

  close(): void {
    this.#sys.close(this.#fd);
  }
}

// struct fanotify_event_metadata: u32 event_len, u8 vers, u8 reserved, u16 metadata_len @6, u64 mask @8, s32 fd, s32 pid;
// then records: u8 info_type, u8 pad, u16 len @2, of a mount u64 mnt_id @8
function eventsAt(view: DataView, at: number): MountEvent[] {
  const mask = view.getUint32(at + 8, true);
  if ((mask & FAN_Q_OVERFLOW) !== 0) return [{ kind: "lost" }];
  const end = at + view.getUint32(at, true);
  const events: MountEvent[] = [];
  for (let info = at + view.getUint16(at + 6, true); info < end; info += view.getUint16(info + 2, true)) {
    if (view.getUint8(info) !== INFO_MNT) continue;
    const id = view.getUint32(info + 8, true) + view.getUint32(info + 12, true) * 2 ** 32;
    // Of one that was moved, the kernel says both at once.
    if ((mask & FAN_MNT_DETACH) !== 0) events.push({ kind: "detached", id });
    if ((mask & FAN_MNT_ATTACH) !== 0) events.push({ kind: "attached", id });
  }
  return events;
}
