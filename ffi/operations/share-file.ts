import { basename } from "node:path";
import type { Container, HeldShare, Mount, Plan, SharedFile, ShareFileRequest } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { withFacts } from "../facts.ts";
import { isSharedName } from "../linux/names.ts";
import { randomHex } from "../linux/random.ts";
import { sharedWithOmissions } from "../omitted.ts";
import type { Performer } from "../performer.ts";
import { sourcePath } from "../request-fields.ts";
import { type ShareFileOptions, shareFileNames } from "../share-options.ts";
import { sourceFailure } from "../source-failure.ts";
import { planAgain } from "./plan-again.ts";

/** What `shareFile` shared, with the way to remove the share. In JSON, and as a copy, a handle is a plain `SharedFile`. */
export interface SharedFileHandle extends SharedFile {
  /**
   * Removes the share, as `unshareFile` with its `hostPath` does; the copy of a volume does not follow changes any more.
   * A second call does nothing.
   *
   * @throws {PlanError} with every step that failed; calling it again finishes the work.
   */
  unshare(): Promise<void>;
  /** For `await using`: as `unshare`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Shares a file or directory: `FilesystemShare.shareFile`. */
export async function shareFile(
  performer: Performer,
  container: Container,
  mount: Mount,
  options: ShareFileOptions,
): Promise<SharedFileHandle | null> {
  checkOptionNames(options, shareFileNames);
  const { core, host } = performer.opened ?? (await performer.open());
  const { together = false } = options;
  const random = options.random ?? randomHex(host.sys);
  const request = { op: "shareFile", sandbox: performer.sandbox, container, mount, random } as const;
  const plan = core.plan(request);
  const needsFacts = together || plan.steps[0]?.op === "copy";
  const obeyed = await (needsFacts
    ? shareWithFacts(performer, request, plan, options)
    : performer.perform(host, plan, options));
  const shared = sharedWithOmissions(obeyed, mount.destination);
  return shared && handleOf(shared, performer, container, mount);
}

// A file that containers have together, or that is copied: its plan depends on what its source is, and on what the hub or the
// guest has already. Gives the plan that was obeyed.
async function shareWithFacts(
  performer: Performer,
  request: ShareFileRequest,
  planWithoutFacts: Plan,
  { together = false, signal }: ShareFileOptions,
): Promise<Plan> {
  const { core, host } = performer.opened ?? (await performer.open());
  const { container, mount } = request;
  const alone = { id: container.id, bundle: container.bundle, mounts: [mount] };
  const planWith = ({ mounts: [seen = mount] = [] }: Container, held?: HeldShare[]) =>
    core.plan({ ...request, mount: seen, ...performer.copied(), ...(held && { held }) });
  const failureOf = (error: unknown) => sourceFailure(host, error, () => planWithoutFacts);
  let known: Container;
  let plan: Plan;
  try {
    const looked = withFacts(host, alone, { limits: performer.limits(signal) });
    known = looked instanceof Promise ? await looked : looked;
    plan = planWith(known, together ? [] : undefined);
  } catch (error) {
    throw failureOf(error);
  }
  const planUnderLock = planAgain(performer, host, { plan, container: alone, known, planWith, failureOf });
  const performing = together ? { planUnderLock, signal } : { signal };
  const copyFor = { containerId: container.id, signal };
  return performer.perform(host, plan, { ...performing, copyFor });
}

/**
 * Removes a shared file: `FilesystemShare.unshareFile`. Of a copy, the one at a path in the guest, or those of the mount's
 * source.
 */
export async function unshareFile(
  performer: Performer,
  container: Container,
  mount: Mount,
  guestPath?: string,
): Promise<void> {
  const { core, host } = performer.opened ?? (await performer.open());
  const request = { op: "unshareFile", sandbox: performer.sandbox, container, mount } as const;
  const plan = core.plan(request);
  const { copies } = performer;
  if (guestPath !== undefined) await copies?.stopWatchingAt(guestPath);
  else await copies?.stopWatching(container.id, sourcePath(mount, container.bundle) ?? mount.source);
  const isTogether = mount.hostPath !== undefined && isSharedName(basename(mount.hostPath));
  const planUnderLock = async () => {
    const held = await performer.hubShares(host, plan.directory);
    return core.plan({ ...request, held });
  };
  await performer.perform(host, plan, isTogether ? { planUnderLock } : {});
}

/** How a share was made. `removal` is there once the share is being removed. */
interface Origin {
  readonly performer: Performer;
  readonly container: Container;
  readonly mount: Mount;
  removal: Promise<void> | undefined;
}

// One function for all handles, and no closures: a process may have many thousands of them.
const origin: unique symbol = Symbol("origin");

function unshare(this: SharedFileHandle): Promise<void> {
  const of = (this as SharedFileHandle & { [origin]: Origin })[origin];
  of.removal ??= unshareFile(of.performer, of.container, of.mount, this.guestPath).catch((error: unknown) => {
    of.removal = undefined;
    throw error;
  });
  return of.removal;
}

// Only what is of `SharedFile` is enumerable: the rest cannot be sent to a worker.
function handleOf(
  file: SharedFile,
  performer: Performer,
  { id, bundle }: Container,
  { source, destination }: Mount,
): SharedFileHandle {
  const mount = { source, destination, hostPath: file.hostPath };
  const handle = copyOf(file);
  Object.defineProperty(handle, "unshare", { value: unshare });
  Object.defineProperty(handle, Symbol.asyncDispose, { value: unshare });
  const value: Origin = { performer, container: { id, bundle }, mount, removal: undefined };
  Object.defineProperty(handle, origin, { value });
  return Object.freeze(handle) as SharedFileHandle;
}

// Property by property: on Node, what is defined on a spread takes five times as long.
function copyOf(file: SharedFile): SharedFile {
  const { guestPath, storages, hostPath, omitted } = file;
  if (omitted) return { ...file };
  return hostPath === undefined ? { guestPath, storages } : { guestPath, storages, hostPath };
}
