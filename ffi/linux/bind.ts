import { attachShare, type Bind, checkSubmounts, cloneSource, type WantedShare } from "./attach-share.ts";
import { attributesOf } from "./attributes.ts";
import { bindStaged } from "./bind-staged.ts";
import { S_IFDIR } from "./constants.ts";
import { EINVAL, ENOENT } from "./errno.ts";
import type { Host } from "./host.ts";
import { loadIdmap } from "./idmap.ts";
import type { KeptSources } from "./kept-sources.ts";
import type { Place } from "./names.ts";
import type { RemoteShares } from "./remote-shares.ts";
import type { Source } from "./source.ts";
import { whyNotAttached } from "./source-error.ts";
import type { Staging } from "./staging.ts";
import { SyscallError } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** What one hold of a sandbox's lock keeps from step to step. */
export interface Hold {
  readonly staging: Staging;
  readonly remote: RemoteShares;
  /** The sources of this call that were waited for. */
  readonly waited?: WaitedSources | undefined;
  /** The sources that are still open from the look at them. */
  readonly kept?: KeptSources | undefined;
}

/**
 * Attaches a clone of a source to a placeholder; false where this very share is there already. A promise where submounts
 * have to be looked at.
 */
export function bindSource(host: Host, bind: Bind, place: Place, hold: Hold): boolean | Promise<boolean> {
  const attributes = attributesOf(bind.attributes);
  if (typeof attributes === "string")
    throw new SyscallError("mount_setattr", EINVAL, `no attribute is called ${JSON.stringify(attributes)}`);
  const kept = hold.kept?.take(bind.source);
  if (kept) return bindKept(host, kept, { bind, attributes, file: kept.file }, place, hold);
  const source = host.sources.open(bind.source, hold.waited);
  return bindOpen(host, source, { bind, attributes, file: source.file }, place, hold);
}

// What was deleted, or unmounted, since it was looked at: something else may be at its path by now.
const REPLACED = [ENOENT, EINVAL];

function bindKept(
  host: Host,
  kept: Source,
  wanted: WantedShare,
  place: Place,
  hold: Hold,
): boolean | Promise<boolean> {
  const bindNewest = (error: unknown) => {
    if (!(error instanceof SyscallError && REPLACED.includes(error.errno))) throw error;
    const source = host.sources.open(wanted.bind.source, hold.waited);
    return bindOpen(host, source, { ...wanted, file: source.file }, place, hold);
  };
  try {
    const bound = bindOpen(host, host.sources.judge(kept), wanted, place, hold);
    return typeof bound === "boolean" ? bound : bound.catch(bindNewest);
  } catch (error) {
    return bindNewest(error);
  }
}

function bindOpen(
  host: Host,
  source: Source,
  wanted: WantedShare,
  place: Place,
  hold: Hold,
): boolean | Promise<boolean> {
  const { attributes, bind } = wanted;
  let isWaiting = false;
  try {
    if (host.sources.isRemote(source.file)) hold.remote.mark();
    const isStaged = hasMounts(wanted) && hold.staging.isNeeded(source);
    const isIdmapped = attributes.idmapped !== "none";
    if (isStaged === false && !isIdmapped) return bindAtOnce(host, source, wanted, place);
    isWaiting = true;
    return bindWhen(isStaged, host, source, wanted, { place, hold });
  } catch (error) {
    throw whyNotAttached(host.sys, source.fd, error, bind.source);
  } finally {
    if (!isWaiting) host.sys.closeLater(source.fd);
  }
}

async function bindWhen(
  isStaged: boolean | Promise<boolean>,
  host: Host,
  source: Source,
  wanted: WantedShare,
  { place, hold: { staging, remote, waited } }: { place: Place; hold: Hold },
): Promise<boolean> {
  try {
    const isToBeStaged = await isStaged;
    if (wanted.attributes.idmapped !== "none") await loadIdmap();
    if (staging.isRemoteBelow(source)) remote.mark();
    if (isToBeStaged) return await bindStaged(host, source, wanted, { place, staging, waited });
    return await bindAtOnce(host, source, wanted, place);
  } catch (error) {
    throw whyNotAttached(host.sys, source.fd, error, wanted.bind.source);
  } finally {
    host.sys.close(source.fd);
  }
}

function bindAtOnce(
  host: Host,
  source: Source,
  wanted: WantedShare,
  place: Place,
): boolean | Promise<boolean> {
  const tree = cloneSource(host, wanted.bind, source.fd, wanted.attributes);
  let isNew = false;
  try {
    isNew = attachShare(host, place, tree, wanted);
  } finally {
    if (isNew) host.sys.closeLater(tree);
    else host.sys.close(tree); // which unmounts it
  }
  return isNew || !hasMounts(wanted) ? isNew : checkSubmounts(host, place, wanted).then(() => false);
}

function hasMounts({ bind, file }: WantedShare): boolean {
  return bind.recursive && file.type === S_IFDIR;
}
