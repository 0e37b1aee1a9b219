/** A file or directory that is copied: where it is on the host, and where the guest gets it. */
export interface CopyItem {
  readonly path: string;
  readonly guestPath: string;
}
