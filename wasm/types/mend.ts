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
  op: "mkdir";
  path: Directory;
  mode: Mode;
}

/** A `bind` step of a share. */
export interface BindInHub {
  op: "bind";
  source: AbsolutePath;
  target: Directory;
  recursive: boolean;
  attributes: readonly Attribute[];
  uidMappings?: readonly IdMapping[] | undefined;
  gidMappings?: readonly IdMapping[] | undefined;
}

/** A `use` step of a share. */
export interface UseInHub {
  op: "use";
  path: Directory;
  mode: Mode;
}

/** Makes a sandbox as it should be: removes what is surplus, and makes what is missing or changed. */
export interface MendRequest {
  op: "mend";
  sandbox: Sandbox;
  /** What is not as it should be. `toMend` of guestshare/table finds it, with the steps. */
  differences: readonly MountDifference[];
  /** The steps of plans that made the shares which there should be, in their order. */
  steps?: readonly (MkdirInHub | BindInHub | UseInHub)[] | undefined;
}
