import type { MountAttribute } from "../attributes.ts";
import type { MountEntry } from "../mount-entry.ts";
import type { Layout } from "./layouts.ts";
import type { NamedShare } from "./share-name.ts";

/** A sandbox as a mount table shows it. */
export interface FoundSandbox {
  /** The last name of its directory. */
  readonly id: string;
  /** The path of its directory. */
  readonly directory: string;
  /** Who made it. */
  readonly layout: Layout;
  /** The mount that keeps other namespaces and binds out; Kata has none. */
  readonly guard?: MountEntry | undefined;
  /** Where shares are attached. Of Kata that is a directory, and no mount. */
  readonly hub?: MountEntry | undefined;
  /** What the guest sees of the hub. */
  readonly view?: MountEntry | undefined;
  /** What it shares. */
  readonly shares: readonly FoundShare[];
  /** Mounts in its directory that are none of these, nor what the view shows of the shares. */
  readonly others: readonly MountEntry[];
}

/** A share as a mount table shows it. */
export interface FoundShare extends NamedShare {
  /** Its path in the hub. */
  readonly name: string;
  /** The mount in the hub. */
  readonly mount: MountEntry;
  /** What the share shows. */
  readonly source: ShareSource;
  /** Of the mount on top. */
  readonly attributes: readonly MountAttribute[];
  /** The mounts below it, which a recursive share has. */
  readonly below: readonly MountBelow[];
  /** The containers that use it: of one that they have together, where they were given. */
  readonly users?: readonly string[] | undefined;
  /** Whether the view shows it. */
  readonly isInView: boolean;
  /** What the view shows it as. Its attributes are those that the guest is held to. */
  readonly viewMount?: MountEntry | undefined;
}

/** What a share shows. */
export interface ShareSource {
  /** The filesystem's type. */
  readonly filesystem: string;
  /** The filesystem's device, such as "254:0". */
  readonly device: string;
  /** The path in that filesystem. */
  readonly root: string;
  /** Where the host has it, if the table tells: one path of those that may lead there. */
  readonly hostPath?: string | undefined;
  /** Whether it was removed from its filesystem. */
  readonly isDeleted: boolean;
}

/** A mount below a share. */
export interface MountBelow {
  /** Where it is, from the share on. */
  readonly relative: string;
  /** The filesystem's type. */
  readonly filesystem: string;
  /** What differs from the defaults. */
  readonly attributes: readonly MountAttribute[];
}
