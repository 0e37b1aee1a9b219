import type { CopyError } from "../copy/copy-error.ts";
import type { VolumeUpdate } from "./volume.ts";

/** What is watched, and for whom. */
export interface Watched {
  readonly containerId: string;
  /** The volume's directory on the host. */
  readonly source: string;
  readonly guestPath: string;
}

/** What became of a volume that is watched. */
export type WatchNews =
  /** The guest's volume is like the host's again. */
  | ({ readonly kind: "updated" } & VolumeUpdate)
  /** It is not: it is tried again, now and then, and when the volume changes. The same failure is not told again. */
  | { readonly kind: "failed"; readonly error: CopyError }
  /** And never will be. */
  | ({ readonly kind: "ended" } & WatchEnd);

/** Why nothing more is sent. */
export type WatchEnd =
  /** The connection to the agent is over. */
  | { readonly reason: "connection"; readonly error: CopyError }
  /** The agent does not put this link of the guest in another one's place: none before 3.3 does. */
  | { readonly reason: "link-not-replaced"; readonly link: string; readonly error: CopyError }
  /** It has more than 1 MiB or 2,048 names, as no volume of kubelet's has. What is there now was copied once, or before. */
  | { readonly reason: "too-large" }
  /** The agent's policy refuses this link. */
  | { readonly reason: "link-refused"; readonly link: string };

/** News of a watch. */
export type WatchEvent = Watched & WatchNews;
