/** Why an entry of a tree is not in the guest, or not whole. */
export type SkipReason =
  | "socket"
  | "pipe"
  | "device"
  | "odd-name"
  | "long-name"
  | "long-path"
  | "taken-name"
  | "temporary-name"
  | "odd-link"
  | "absolute-link"
  | "outside-link"
  | "refused-link"
  | "kernel"
  | "no-size"
  | "sandbox"
  | "changing"
  | "vanished";

/** Why an entry is in the guest, but not quite as it is on the host. */
export type WarningReason = "hard-link" | "holes" | "mode-bits" | "dotted-link" | "outward-link" | "changed";

/** An entry that was not copied, or not quite as it is on the host. */
export interface CopyNote<R extends SkipReason | WarningReason = SkipReason | WarningReason> {
  /** On the host, below the source as it was given. Bytes that are not UTF-8 are written as `\xff`. */
  readonly path: string;
  readonly reason: R;
}

/** Each reason as a sentence for people. */
export const copyReasons: Readonly<Record<SkipReason | WarningReason, string>> = {
  socket: "a socket cannot be copied",
  pipe: "a named pipe cannot be copied",
  device: "a device cannot be copied",
  "odd-name": "its name is not UTF-8, and the agent's protocol has no others",
  "long-name": "the agent writes it under a temporary name, and that would be longer than 255 bytes",
  "long-path": "its path in the guest would be longer than 4095 bytes",
  "taken-name": "it came late, and its temporary name in the guest belongs to something else already",
  "temporary-name":
    "it is called as the agent's temporary files are, and agents of Kata 3.18 to 3.32 lose such a file",
  "odd-link": "where the link leads is not UTF-8, and some agents do not survive that",
  "absolute-link": "the link is absolute",
  "outside-link": "the link leads out of the tree",
  "refused-link": "the agent's policy refuses the link",
  kernel: "proc, sysfs and their like show the host; the guest has its own",
  "no-size": "its size is 0 and there is something in it: a program or a kernel makes it up as it is read",
  sandbox: "it is inside a sandbox's directory",
  changing: "it changed during each of the tries; what the guest has of it is not whole",
  vanished: "it was there, and it is gone",
  "hard-link": "another name of this file was copied too; in the guest they are two files",
  holes: "its holes are zeros in the guest",
  "mode-bits": "the agent takes the set-user-id or set-group-id bit away from files",
  "dotted-link": "the link has .. in it, and the agent's default policy refuses such links",
  "outward-link": "the link leads out of the tree, and the agent's default policy refuses such links",
  changed: "it was being changed while it was copied; the guest may have something of both states",
};

/** A name as text, with its unprintable bytes and those beyond ASCII escaped. */
export function textOf(name: Uint8Array): string {
  let text = "";
  for (const byte of name) {
    const isPrintable = byte >= 0x20 && byte < 0x7f && byte !== 0x5c;
    text += isPrintable ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return text;
}
