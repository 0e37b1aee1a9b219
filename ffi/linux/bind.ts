import { attachShare } from "./attach-share.ts";
import { wantedOf } from "./attributes.ts";
import { bindStaged } from "./bind-staged.ts";
import { type Bind, cloneSource } from "./clone-source.ts";
import { S_IFDIR } from "./constants.ts";
import { EINVAL } from "./errno.ts";
import type { Host } from "./host.ts";
import type { Place } from "./place.ts";
import { type Asked, checkBelow } from "./same-share.ts";
import type { Source } from "./source.ts";
import type { Staging } from "./staging.ts";
import { SyscallError } from "./syscall-error.ts";
import type { WaitedSources } from "./waited-sources.ts";

/**
 * Attaches a clone of a source to a placeholder; false where this very share is there already. A promise where mounts
 * below have to be looked at.
 */
export function bindSource(
  host: Host,
  bind: Bind,
  place: Place,
  staging: Staging,
  waited?: WaitedSources,
): boolean | Promise<boolean> {
  const wanted = wantedOf(bind.attributes);
  if (typeof wanted === "string")
    throw new SyscallError("mount_setattr", EINVAL, `no attribute is called ${JSON.stringify(wanted)}`);
  const source = host.sources.open(bind.source, waited);
  const asked = { bind, wanted, file: source.file };
  let isWaiting = false;
  try {
    const isStaged = hasMounts(asked) && staging.isNeeded(source);
    if (isStaged === false) return bindAtOnce(host, source, asked, place);
    isWaiting = true;
    return bindWhen(isStaged, host, source, asked, { place, staging });
  } finally {
    if (!isWaiting) host.sys.close(source.fd);
  }
}

async function bindWhen(
  isStaged: boolean | Promise<boolean>,
  host: Host,
  source: Source,
  asked: Asked,
  { place, staging }: { place: Place; staging: Staging },
): Promise<boolean> {
  try {
    if (await isStaged) return await bindStaged(host, source, asked, { place, staging });
    return await bindAtOnce(host, source, asked, place);
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
