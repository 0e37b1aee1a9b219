/** What of a guest's mount is refused. */
export type GuestMountErrorCode =
  | "path"
  | "option"
  | "tag"
  | "driver"
  | "filesystem"
  | "device"
  | "mappings"
  | "encryption";

const reasons: Readonly<Record<GuestMountErrorCode, string>> = {
  path: "a path is absolute and not the root, and has no NUL and no lone surrogate",
  option: "an option has a comma, a NUL or a lone surrogate, or only an agent knows it",
  tag: "a tag is one word of letters, digits, dots, dashes and underscores, and a script has one only",
  driver: "only an agent has what it takes",
  filesystem: "a script has to know the type of the filesystem",
  device: "a device's address has another form",
  mappings: "mount(8) of a small guest maps no ids",
  encryption: "only an agent encrypts a disk",
};

/** A mount that no script can make in a guest. Nothing was done. */
export class GuestMountError extends Error {
  /** The name of the class. */
  override readonly name: string = "GuestMountError";
  /** What is refused. */
  readonly code: GuestMountErrorCode;
  /** The value that is refused. */
  readonly subject: string;

  /** An error of `code` for the value `subject`. */
  constructor(code: GuestMountErrorCode, subject: string) {
    super(`Cannot mount ${JSON.stringify(subject)} in a guest by a script: ${reasons[code]}`);
    this.code = code;
    this.subject = subject;
  }
}
