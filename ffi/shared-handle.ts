import type { Container, Mount, SharedFile } from "../mod.ts";

/** What `shareFile` shared, with the way to take it back. For JSON and for copies of it, a `SharedFile` like another. */
export interface SharedFileHandle extends SharedFile {
  /**
   * Takes it back, as `unshareFile` with its `hostPath`; this copy of a volume is not followed any more. Calling it once more
   * does nothing.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  unshare(): Promise<void>;
  /** For `await using`: as `unshare`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What takes shares back. */
export interface Unsharing {
  unshare(container: Container, mount: Mount, guestPath: string): Promise<void>;
}

/** What was shared, and for whom; `done` once it is being taken back. */
interface Shared {
  readonly by: Unsharing;
  readonly container: Container;
  readonly mount: Mount;
  done: Promise<void> | undefined;
}

// One function for all handles, and no closures: a process may have many thousands of them.
const shared: unique symbol = Symbol("shared");

function unshare(this: SharedFileHandle): Promise<void> {
  const of = (this as SharedFileHandle & { [shared]: Shared })[shared];
  of.done ??= of.by.unshare(of.container, of.mount, this.guestPath).catch((error: unknown) => {
    of.done = undefined;
    throw error;
  });
  return of.done;
}

/** A handle on what was shared. What is not of `SharedFile` is not enumerable: it cannot be sent to a worker. */
export function handleOf(
  file: SharedFile,
  by: Unsharing,
  container: Container,
  mount: Mount,
): SharedFileHandle {
  const { id, bundle } = container;
  const { source, destination } = mount;
  const what = { source, destination, hostPath: file.hostPath };
  const handle = copyOf(file);
  Object.defineProperty(handle, "unshare", { value: unshare });
  Object.defineProperty(handle, Symbol.asyncDispose, { value: unshare });
  const value: Shared = { by, container: { id, bundle }, mount: what, done: undefined };
  Object.defineProperty(handle, shared, { value });
  return Object.freeze(handle) as SharedFileHandle;
}

// Property by property: on Node, what is defined on a spread takes five times as long.
function copyOf(file: SharedFile): SharedFile {
  const { guestPath, storages, hostPath, omitted } = file;
  if (omitted) return { ...file };
  return hostPath === undefined ? { guestPath, storages } : { guestPath, storages, hostPath };
}
