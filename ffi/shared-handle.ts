import type { SharedFile } from "../mod.ts";

/** What `shareFile` shared, with the way to take it back. For JSON and for copies of it, a `SharedFile` like another. */
export interface SharedFileHandle extends SharedFile {
  /**
   * Takes it back, as `unshareFile` with its `hostPath`; a copied volume is not followed any more. Once that is done, doing it
   * again does nothing.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  unshare(): Promise<void>;
  /** For `await using`: as `unshare`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A handle on what was shared. What is not of `SharedFile` is not enumerable: it cannot be sent to a worker. */
export function handleOf(shared: SharedFile, unshare: () => Promise<void>): SharedFileHandle {
  let done: Promise<void> | undefined;
  const value = (): Promise<void> => {
    done ??= unshare().catch((error: unknown) => {
      done = undefined;
      throw error;
    });
    return done;
  };
  const methods = { unshare: { value }, [Symbol.asyncDispose]: { value } };
  return Object.freeze(Object.defineProperties({ ...shared }, methods)) as SharedFileHandle;
}
