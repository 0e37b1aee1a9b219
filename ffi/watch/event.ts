import type { CopyError } from "../copy/copy-error.ts";
import type { VolumeUpdate } from "./volume.ts";

/** A volume that is watched, and its container. */
export interface Watched {
  /** The id of the container. */
  readonly containerId: string;
  /** The volume's directory on the host. */
  readonly source: string;
  /** The volume's directory in the guest. */
  readonly guestPath: string;
}

/** The state of a watched volume. */
export type WatchNews =
  /** The guest's volume is like the host's again. */
  | ({ readonly kind: "updated" } & VolumeUpdate)
  /** An update failed. It is retried now and then, and when the volume changes. The same failure is not reported again. */
  | { readonly kind: "failed"; readonly error: CopyError }
  /** The guest's volume is not updated any more. */
  | ({ readonly kind: "ended" } & WatchEnd);

/** Why a watch ended. */
export type WatchEnd =
  /** The connection to the agent is over. */
  | { readonly reason: "connection"; readonly error: CopyError }
  /** The agent cannot replace this link in the guest: none before 3.3 can. */
  | { readonly reason: "link-not-replaced"; readonly link: string; readonly error: CopyError }
  /** The volume has more than 1 MiB or 2,048 names, as no volume of kubelet's has. The guest keeps what it has. */
  | { readonly reason: "too-large" }
  /** The agent's policy refuses this link. */
  | { readonly reason: "link-refused"; readonly link: string };

/** What `onWatch` is called with. */
export type WatchEvent = Watched & WatchNews;
