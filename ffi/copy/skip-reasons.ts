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
  /** Why the entry was skipped, or is not quite the same. */
  readonly reason: R;
}

/** Each reason as a sentence for people. */
export const copyReasons: Readonly<Record<SkipReason | WarningReason, string>> = {
  socket: "a socket cannot be copied",
  pipe: "a named pipe cannot be copied",
  device: "a device cannot be copied",
  "odd-name": "its name is not UTF-8, and the agent's protocol has no other names",
  "long-name": "the agent writes it under a temporary name, and that would be longer than 255 bytes",
  "long-path": "its path in the guest would be longer than 4095 bytes",
  "taken-name": "it came late, and in the guest something that is no file has its temporary name",
  "temporary-name":
    "its name is that of a temporary file of the agent's, and agents of Kata 3.18 to 3.32 lose such a file",
  "odd-link": "the link's target is not UTF-8, and some agents crash at such a link",
  "absolute-link": "the link is absolute",
  "outside-link": "the link leads out of the tree",
  "refused-link": "the agent's policy refuses the link",
  kernel: "proc, sysfs and their like show the host; the guest has its own",
  "no-size": "its size is 0, but it has contents: a program or the kernel makes them up as they are read",
  sandbox: "it is inside a sandbox's directory",
  changing: "it changed during each of the tries; the guest does not have it whole",
  vanished: "it was listed, and is gone",
  "hard-link": "another name of this file was copied too; in the guest they are two files",
  holes: "its holes are zeros in the guest",
  "mode-bits": "the agent removes the set-user-id and set-group-id bits of files",
  "dotted-link": "the link has .. in it, and the agent's default policy refuses such links",
  "outward-link": "the link leads out of the tree, and the agent's default policy refuses such links",
  changed: "it changed while it was copied; the guest may have parts of both states",
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
