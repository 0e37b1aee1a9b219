import { attachShare } from "./attach-share.ts";
import { wantedOf } from "./attributes.ts";
import { bindStaged } from "./bind-staged.ts";
import { type Bind, cloneSource } from "./clone-source.ts";
import { S_IFDIR } from "./constants.ts";
import { EINVAL } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import type { RemoteShares } from "./remote-shares.ts";
import { type Asked, checkBelow } from "./same-share.ts";
import type { Source } from "./source.ts";
import { whyNotAttached } from "./source-error.ts";
import type { Staging } from "./staging.ts";
import { SyscallError } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/** What is known while a sandbox's lock is held. */
export interface Hold {
  readonly staging: Staging;
  readonly remote: RemoteShares;
  /** The sources of this call that were waited for. */
  readonly waited?: WaitedSources | undefined;
}

/**
 * Attaches a clone of a source to a placeholder; false where this very share is there already. A promise where mounts
 * below have to be looked at.
 */
export function bindSource(host: Host, bind: Bind, place: Place, hold: Hold): boolean | Promise<boolean> {
  const wanted = wantedOf(bind.attributes);
  if (typeof wanted === "string")
    throw new SyscallError("mount_setattr", EINVAL, `no attribute is called ${JSON.stringify(wanted)}`);
  const source = host.sources.open(bind.source, hold.waited);
  const asked = { bind, wanted, file: source.file };
  let isWaiting = false;
  try {
    if (host.sources.isRemote(source.file)) hold.remote.mark();
    const isStaged = hasMounts(asked) && hold.staging.isNeeded(source);
    if (isStaged === false) return bindAtOnce(host, source, asked, place);
    isWaiting = true;
    return bindWhen(isStaged, host, source, asked, { place, hold });
  } catch (error) {
    throw whyNotAttached(host.sys, source.fd, error, bind.source);
  } finally {
    if (!isWaiting) host.sys.close(source.fd);
  }
}

async function bindWhen(
  isStaged: boolean | Promise<boolean>,
  host: Host,
  source: Source,
  asked: Asked,
  { place, hold: { staging, remote, waited } }: { place: Place; hold: Hold },
): Promise<boolean> {
  try {
    const isToBeStaged = await isStaged;
    if (staging.isRemoteBelow(source)) remote.mark();
    if (isToBeStaged) return await bindStaged(host, source, asked, { place, staging, waited });
    return await bindAtOnce(host, source, asked, place);
  } catch (error) {
    throw whyNotAttached(host.sys, source.fd, error, asked.bind.source);
  } finally {
    host.sys.close(source.fd);
  }
}

function bindAtOnce(host: Host, source: Source, asked: Asked, place: Place): boolean | Promise<boolean> {
  const isNew = host.sys.using(cloneSource(host, asked.bind, source.fd, asked.wanted), (tree) =>
    attachShare(host, place, tree, asked),
  );
  return isNew || !hasMounts(asked) ? isNew : checkBelow(host, place, asked).then(() => false);
}

function hasMounts({ bind, file }: Asked): boolean {
  return bind.recursive && file.type === S_IFDIR;
}
