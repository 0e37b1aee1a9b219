import { comparable } from "../attributes";
import { firstOfEach } from "../double";
import * as directories from "../directories";
import { List } from "../list";
import { join } from "../path";
import { HeldShare } from "../request/held";
import { Sandbox } from "../request/sandbox";
import { sandboxShareName } from "../share-name";
import { bind, mkdir, remove, Step, umount, unuse, use } from "../step";
import { Text } from "../text";
import { Plan } from "./plan";
import { SharedFile } from "./shared-file";
import { EXCLUSIVE_MODE, Share, shareKey } from "./share";

// One mount in the hub for each source and way to share it, used by as many containers as want it. Its users are empty
// files: they tell any process whether a mount still is of use.

const USERS_MODE: i32 = 0o700;

/** The shares of a container, with the mounts that the hub has for them. */
@final @unmanaged
export class Shares {
  /** Where the guest finds each. */
  readonly files: List<SharedFile> = new List<SharedFile>();
  /** Whether each has a mount that is there for another one too. */
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

  /** Plans a mount for each share that has none yet, in the hub or in the plan. */
  add(shares: List<Share>, held: List<HeldShare>): void {
    if (shares.length == 0) return;
    this.plan.add(mkdir(this.users, USERS_MODE));
    const firsts = firstOfEach(keysOf(shares, held));
    // Of what the hub has and of what the plan makes, the first use says so.
    const files: List<SharedFile | null> = new List<SharedFile | null>();
    for (let i = 0; i < firsts.length; i++) files.push(null);
    for (let i = 0; i < shares.length; i++) {
      const place = held.length + i;
      const first = firsts[place];
      this.isJoined.push(first < place);
      if (files[first] == null) {
        files.set(first, first < held.length ? this.joined(held[first]) : this.made(shares[i]));
      }
      this.files.push(files[first]!);
    }
    // Their users come first: a mount that nobody is said to use would never be unmounted.
    for (let i = 0; i < shares.length; i++) {
      if (!this.isJoined[i]) this.plan.add(this.bindOf(shares[i], this.files[i]));
    }
  }

  private joined(share: HeldShare): SharedFile {
    this.plan.add(use(this.userOf(share.name), <i32>share.mode));
    return this.fileOf(share.name);
  }

  private made(share: Share): SharedFile {
    const file = this.fileOf(sandboxShareName(share.random, share.source));
    this.plan.add(use(this.userOf(file.name), share.mode));
    return file;
  }

  private bindOf(share: Share, file: SharedFile): Step {
    const options = share.options;
    return bind(share.source, file.hostPath!, options.recursive, options.attributes, share.mount);
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

// Those of the hub first. What nobody else gets has a key that is like no other.
function keysOf(shares: List<Share>, held: List<HeldShare>): List<Text> {
  const keys: List<Text> = new List<Text>();
  for (let i = 0; i < held.length; i++) {
    const share = held[i];
    const isOpen = share.identity.length > 0 && share.mode != EXCLUSIVE_MODE;
    keys.push(isOpen ? shareKey(share.identity, comparable(share.attributes), <i32>share.mode) : ownKey(keys));
  }
  for (let i = 0; i < shares.length; i++) {
    const share = shares[i];
    keys.push(share.mode != EXCLUSIVE_MODE ? share.key() : ownKey(keys));
  }
  return keys;
}

function ownKey(keys: List<Text>): Text {
  return Text.ofNumber(keys.length);
}

/** Plans that a container uses a share no more, and the share's end where nobody else does. */
export function release(plan: Plan, share: HeldShare, container: Text): void {
  if (!share.isUsedBesides(container)) {
    const target = join(directories.hub(plan.directory), share.name);
    plan.add(umount(target));
    plan.add(remove(target));
  }
  plan.add(unuse(join(join(directories.users(plan.directory), share.name), container)));
}
