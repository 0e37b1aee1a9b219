import type { IdMapping } from "./mount.ts";
import type { Attribute } from "./option-words.ts";
import type { Sandbox } from "./sandbox.ts";
import type { AbsolutePath, Directory, Mode } from "./words.ts";

/** Something in a sandbox's directory that is not as it should be. */
export interface MountDifference {
  /**
   * A mount that is missing, that is otherwise than planned, or that should not be there; or a file that is left: what a share was
   * mounted on, or says who uses a share, without a mount.
   */
  kind: "missing" | "changed" | "surplus" | "leftover";
  /** Where that is, in the sandbox's directory. Those above come first. */
  target: Directory;
}

/** A `mkdir` step in the hub. */
export interface MkdirInHub {
  /** The kind of the step. */
  op: "mkdir";
  /** The path of the directory. */
  path: Directory;
  /** Its mode, whatever the umask. */
  mode: Mode;
}

/** A `bind` step of a share. */
export interface BindInHub {
  /** The kind of the step. */
  op: "bind";
  /** What is shared. */
  source: AbsolutePath;
  /** Where the share is mounted, in the hub. */
  target: Directory;
  /** Whether its submounts are shared, too. */
  recursive: boolean;
  /** The attributes of its mount. */
  attributes: readonly Attribute[];
  /** How its user ids are mapped. */
  uidMappings?: readonly IdMapping[] | undefined;
  /** How its group ids are mapped. */
  gidMappings?: readonly IdMapping[] | undefined;
}

/** A `use` step of a share. */
export interface UseInHub {
  /** The kind of the step. */
  op: "use";
  /** The file of the user. */
  path: Directory;
  /** The mode of the directory of users. */
  mode: Mode;
}

/** Makes a sandbox as it should be: removes what is surplus, and makes what is missing or changed. */
export interface MendRequest {
  /** The operation. */
  op: "mend";
  /** The sandbox that is mended. */
  sandbox: Sandbox;
  /** What is not as it should be. `toMend` of guestshare/table finds it, with the steps. */
  differences: readonly MountDifference[];
  /** The steps of plans that made the shares which there should be, in their order. */
  steps?: readonly (MkdirInHub | BindInHub | UseInHub)[] | undefined;
}
