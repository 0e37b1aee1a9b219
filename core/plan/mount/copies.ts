import * as directories from "../../directories";
import { firstOfEach } from "../../duplicates";
import { List } from "../../list";
import { clean, join } from "../../path";
import { CopiedSource } from "../../request/copied";
import { Sandbox } from "../../request/sandbox";
import { sandboxShareName, shareName } from "../../share-name";
import { copy } from "../../step";
import { Text } from "../../text";
import { Plan } from "../plan";
import { SharedFile } from "../shared-file";
import { emptyDirOf } from "./empty-dir";
import { MountSource } from "./mount-source";

/**
 * Plans the copies of a container. The containers of a sandbox have one copy of an emptyDir on a disk, because they write to it
 * together. If the guest has that copy already, or is getting it, the step names its path.
 */
@final @unmanaged
export class Copies {
  /** For each source, where the guest finds its copy. */
  readonly files: List<SharedFile> = new List<SharedFile>();
  private readonly guest: Text;

  constructor(
    private readonly plan: Plan,
    sandbox: Sandbox,
    private readonly container: Text,
  ) {
    this.guest = directories.guestCopyDirectory(sandbox);
  }

  /** Plans a copy of each source, but only one of each emptyDir. */
  add(sources: List<MountSource>, copied: List<CopiedSource>): void {
    if (sources.length == 0) return;
    const firsts = firstOfEach(keysOf(sources, copied));
    for (let i = 0; i < sources.length; i++) {
      const source = sources[i];
      const first = firsts[copied.length + i];
      if (first >= copied.length && first < copied.length + i) {
        this.files.push(this.files[first - copied.length]);
        continue;
      }
      const name = first < copied.length ? copied[first].name : this.nameOf(source);
      const file = new SharedFile(join(this.guest, name));
      this.files.push(file);
      this.plan.add(copy(source.path, file.guestPath, isForSandbox(source)));
    }
  }

  private nameOf(source: MountSource): Text {
    return isForSandbox(source)
      ? sandboxShareName(source.random, source.path)
      : shareName(this.container, source.random, source.mount.destination);
  }
}

// Whether the sandbox has one copy for all its containers.
function isForSandbox(source: MountSource): bool {
  const emptyDir = emptyDirOf(source.mount, source.path);
  return emptyDir != null && !emptyDir.isMemory && emptyDir.subPath.length == 0;
}

// The keys of the copies in the guest, and then of the sources. A source for one container alone has a unique key.
function keysOf(sources: List<MountSource>, copied: List<CopiedSource>): List<Text> {
  const keys: List<Text> = new List<Text>();
  for (let i = 0; i < copied.length; i++) keys.push(keyOf(copied[i].source));
  for (let i = 0; i < sources.length; i++) {
    keys.push(isForSandbox(sources[i]) ? keyOf(sources[i].path) : Text.ofNumber(keys.length));
  }
  return keys;
}

// The text does not say where ".." leads, so a path with one is equal only to itself.
function keyOf(source: Text): Text {
  const cleaned = clean(source);
  return cleaned != null ? cleaned : source;
}
