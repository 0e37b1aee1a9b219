import { withoutDefaults } from "../../attributes";
import * as directories from "../../directories";
import { firstOfEach } from "../../duplicates";
import { List } from "../../list";
import { join } from "../../path";
import { HubShare } from "../../request/hub-share";
import { Sandbox } from "../../request/sandbox";
import { sandboxShareName } from "../../share-name";
import { bind, mkdir, remove, Step, umount, unuse, use } from "../../step";
import { Text } from "../../text";
import { Plan } from "../plan";
import { SharedFile } from "../shared-file";
import { EXCLUSIVE_MODE, keyOfShare, MountSource } from "./mount-source";

// The hub has one share for each source and way to share it, for any number of containers. The users of a share are empty
// files, so that every process can see whether the share is still used.

const USERS_MODE: i32 = 0o700;

/** Plans the shares of a container. They use shares that the hub has already, if those are the same. */
@final @unmanaged
export class Shares {
  /** For each source, where the guest finds it. */
  readonly files: List<SharedFile> = new List<SharedFile>();
  /** For each source, whether it uses a share that the hub or an earlier source has. */
  readonly isJoined: List<bool> = new List<bool>();
  private readonly hub: Text;
  private readonly users: Text;
  private readonly guest: Text;

  constructor(
    private readonly plan: Plan,
    sandbox: Sandbox,
    private readonly container: Text,
  ) {
    this.hub = directories.hub(plan.directory);
    this.users = directories.users(plan.directory);
    this.guest = directories.guestDirectory(sandbox);
  }

  /** Plans a bind for each source that no share of the hub or of this plan can serve. */
  add(sources: List<MountSource>, hubShares: List<HubShare>): void {
    if (sources.length == 0) return;
    this.plan.add(mkdir(this.users, USERS_MODE));
    const firsts = firstOfEach(keysOf(sources, hubShares));
    // A container uses a share once, for its first source that the share serves.
    const files: List<SharedFile | null> = new List<SharedFile | null>();
    for (let i = 0; i < firsts.length; i++) files.push(null);
    for (let i = 0; i < sources.length; i++) {
      const index = hubShares.length + i;
      const first = firsts[index];
      this.isJoined.push(first < index);
      if (files[first] == null) {
        files.set(first, first < hubShares.length ? this.useHubShare(hubShares[first]) : this.createShare(sources[i]));
      }
      this.files.push(files[first]!);
    }
    // The users come before the binds: a mount without users would never be unmounted.
    for (let i = 0; i < sources.length; i++) {
      if (!this.isJoined[i]) this.plan.add(this.bindOf(sources[i], this.files[i]));
    }
  }

  private useHubShare(share: HubShare): SharedFile {
    this.plan.add(use(this.userOf(share.name), <i32>share.mode));
    return this.fileOf(share.name);
  }

  private createShare(source: MountSource): SharedFile {
    const file = this.fileOf(sandboxShareName(source.random, source.path));
    this.plan.add(use(this.userOf(file.name), source.mode));
    return file;
  }

  private bindOf(source: MountSource, file: SharedFile): Step {
    const options = source.options;
    return bind(source.path, file.hostPath!, options.recursive, options.attributes, source.mount);
  }

  private userOf(name: Text): Text {
    return join(join(this.users, name), this.container);
  }

  private fileOf(name: Text): SharedFile {
    const file = new SharedFile(join(this.guest, name));
    file.name = name;
    file.hostPath = join(this.hub, name);
    return file;
  }
}

// The keys of the shares that the hub has, and then of the sources. A share that no other mount may use has a unique key.
function keysOf(sources: List<MountSource>, hubShares: List<HubShare>): List<Text> {
  const keys: List<Text> = new List<Text>();
  for (let i = 0; i < hubShares.length; i++) {
    const share = hubShares[i];
    const isOpen = share.identity.length > 0 && share.mode != EXCLUSIVE_MODE;
    keys.push(isOpen ? keyOfShare(share.identity, withoutDefaults(share.attributes), <i32>share.mode) : uniqueKey(keys));
  }
  for (let i = 0; i < sources.length; i++) {
    const source = sources[i];
    keys.push(source.mode != EXCLUSIVE_MODE ? source.shareKey() : uniqueKey(keys));
  }
  return keys;
}

function uniqueKey(keys: List<Text>): Text {
  return Text.ofNumber(keys.length);
}

/** Plans that a container no longer uses a share, and removes the share if no other container does. */
export function release(plan: Plan, share: HubShare, container: Text): void {
  if (!share.isUsedByOthers(container)) {
    const target = join(directories.hub(plan.directory), share.name);
    plan.add(umount(target));
    plan.add(remove(target));
  }
  plan.add(unuse(join(join(directories.users(plan.directory), share.name), container)));
}
