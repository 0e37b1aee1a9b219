import type { Container, Mount } from "../../mod.ts";
import type { CleanupOptions, ShareContainerOptions, ShareFileOptions } from "../share-options.ts";
import type { MendOptions } from "./mend.ts";

/** What each operation is called with. */
export interface PlanArguments {
  /** Nothing. */
  prepare: [];
  /** Options, if any. */
  cleanup: [options?: CleanupOptions];
  /** The container, and the mount that it asks for. */
  shareFile: [container: Container, mount: Mount, options?: ShareFileOptions];
  /** The container, and the mount with the `hostPath` that `shareFile` gave. */
  unshareFile: [container: Container, mount: Mount];
  /** The container with its `rootFs`. */
  shareRootFilesystem: [container: Container];
  /** The container. */
  unshareRootFilesystem: [container: Container];
  /** The container with its `rootFs` and `mounts`. */
  shareContainer: [container: Container, options?: ShareContainerOptions];
  /** The container. */
  unshareContainer: [container: Container];
  /** Options, if any: the plans that made what there should be. */
  mend: [options?: MendOptions];
}
