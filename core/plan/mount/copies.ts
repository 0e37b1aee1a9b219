import * as directories from "../directories";
import { firstOfEach } from "../double";
import { List } from "../list";
import { clean, join } from "../path";
import { CopiedSource } from "../request/copied";
import { Sandbox } from "../request/sandbox";
import { sandboxShareName, shareName } from "../share-name";
import { copy } from "../step";
import { Text } from "../text";
import { emptyDirOf } from "./empty-dir";
import { Plan } from "./plan";
import { SharedFile } from "./shared-file";
import { Share } from "./share";

/**
 * The copies of a container, in the order of its mounts. An emptyDir on a disk is one for the sandbox, for its containers
 * write to it together: where the guest has it already, or is getting it, the step names that place.
 */
@final @unmanaged
export class Copies {
  /** Where the guest finds each. */
  readonly files: List<SharedFile> = new List<SharedFile>();
  private readonly guest: Text;

  constructor(
    private readonly plan: Plan,
    sandbox: Sandbox,
    private readonly container: Text,
  ) {
    this.guest = directories.guestCopyDirectory(sandbox);
  }

  /** Plans a copy of each share, but one for those that are of the same emptyDir. */
  add(shares: List<Share>, copied: List<CopiedSource>): void {
    if (shares.length == 0) return;
    const firsts = firstOfEach(keysOf(shares, copied));
    for (let i = 0; i < shares.length; i++) {
      const share = shares[i];
      const first = firsts[copied.length + i];
      if (first >= copied.length && first < copied.length + i) {
        this.files.push(this.files[first - copied.length]);
        continue;
      }
      const name = first < copied.length ? copied[first].name : this.nameOf(share);
      const file = new SharedFile(join(this.guest, name));
      this.files.push(file);
      this.plan.add(copy(share.source, file.guestPath, isTogether(share)));
    }
  }

  private nameOf(share: Share): Text {
    return isTogether(share)
      ? sandboxShareName(share.random, share.source)
      : shareName(this.container, share.random, share.mount.destination);
  }
}

function isTogether(share: Share): bool {
  const emptyDir = emptyDirOf(share.mount, share.source);
  return emptyDir != null && !emptyDir.isMemory && emptyDir.subPath.length == 0;
}

// What a container has alone has a key that is like no other.
function keysOf(shares: List<Share>, copied: List<CopiedSource>): List<Text> {
  const keys: List<Text> = new List<Text>();
  for (let i = 0; i < copied.length; i++) keys.push(keyOf(copied[i].source));
  for (let i = 0; i < shares.length; i++) {
    keys.push(isTogether(shares[i]) ? keyOf(shares[i].source) : Text.ofNumber(keys.length));
  }
  return keys;
}

// What ".." leads to cannot be told from a text: such a path is like itself alone.
function keyOf(source: Text): Text {
  const cleaned = clean(source);
  return cleaned != null ? cleaned : source;
}
