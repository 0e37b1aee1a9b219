import { toBase64Url } from "./base64";
import { join } from "./path";
import { Profile, Sandbox } from "./request/sandbox";
import { Text } from "./text";

// Names and paths are those of Kata (kata_agent.go, mount.go): its agent looks there for what we share.

/** The mode of the directories that a consumer of the view has to enter (Kata: DirMode). */
export const DIRECTORY_MODE: i32 = 0o750;

/** The directory of a sandbox on the host. It holds everything of the sandbox, and the guard is bound on it. */
export function sandboxDirectory(sandbox: Sandbox): Text {
  const hostDir = sandbox.hostDir;
  return join(hostDir != null ? hostDir : defaultHostDirectory(sandbox), sandbox.id);
}

// An ordinary user's own directory has no "run" in it, but for Kata.
function defaultHostDirectory(sandbox: Sandbox): Text {
  if (sandbox.profile == Profile.Kata) return withRootless(sandbox, "/run/kata-containers/shared/sandboxes");
  const prefix = sandbox.rootlessDir;
  return prefix == null ? Text.of("/run/guestshare") : join(prefix, Text.of("guestshare"));
}

/** The hub, where shares are mounted. */
export function hub(directory: Text): Text {
  return directory.append("/mounts");
}

/** The mark: the file that names the sandbox's mount namespace. */
export function mark(directory: Text): Text {
  return directory.append("/namespace");
}

/** The view: the copy of the hub that the guest gets. */
export function view(directory: Text): Text {
  return directory.append("/shared");
}

/** A temporary directory, where submounts that must not be shared are removed from a tree. */
export function staging(directory: Text): Text {
  return directory.append("/staging");
}

/** The directory in the hub for the sandbox's own bind mounts. */
export function sandboxMounts(directory: Text): Text {
  return directory.append("/mounts/sandbox-mounts");
}

/** The directory in the hub that has a directory for each share, with an empty file for each container that uses the share. */
export function users(directory: Text): Text {
  return directory.append("/mounts/.users");
}

/** The empty directory in the hub by which a sandbox of the profile "vm" is known. */
export function machine(directory: Text): Text {
  return directory.append("/mounts/.machine");
}

/** The directory in the hub that the agent needs for watchable mounts. */
export function watchable(directory: Text): Text {
  return directory.append("/mounts/watchable");
}

/** The directory at which the guest mounts the view. */
export function guestDirectory(sandbox: Sandbox): Text {
  const guestDir = sandbox.guestDir;
  if (guestDir != null) return guestDir;
  if (sandbox.profile == Profile.Vm) return Text.of("/run/guestshare");
  return withRootless(sandbox, "/run/kata-containers/shared/containers");
}

/** The directory of copied files in the guest. Unlike `guestDirectory`, it ignores `rootlessDir`, as Kata does. */
export function guestCopyDirectory(sandbox: Sandbox): Text {
  if (sandbox.profile == Profile.Vm) return guestDirectory(sandbox);
  const guestDir = sandbox.guestDir;
  return guestDir != null ? guestDir : Text.of("/run/kata-containers/shared/containers");
}

/** The directory at which the guest mounts nydusd's filesystem. The view is its directory `containers`. */
export function guestNydusDirectory(sandbox: Sandbox): Text {
  return withRootless(sandbox, "/run/kata-containers/shared");
}

/** The guest's own directory of a container: nothing in it is shared (Kata's literal /run/kata-containers/<container>). */
export function guestContainer(container: Text): Text {
  return Text.of("/run/kata-containers/") + container;
}

/** The mount point in the guest of a layer of a root filesystem, named by its disk's address. */
export function guestVirtualVolume(address: Text): Text {
  return Text.of("/run/kata-containers/virtual-volumes/") + toBase64Url(address);
}

/** The mount point in the guest of a volume's disk, named by the disk's address: containers with one disk share it. */
export function guestBlockVolume(address: Text): Text {
  return Text.of("/run/kata-containers/sandbox/storage/") + toBase64Url(address);
}

/** The mount point of a container's image in nydusd's own filesystem. */
export function rafs(container: Text): Text {
  return (Text.of("/rafs/") + container).append("/lowerdir");
}

function withRootless(sandbox: Sandbox, directory: string): Text {
  const prefix = sandbox.rootlessDir;
  if (prefix == null) return Text.of(directory);
  return prefix.is("/") ? Text.of(directory) : prefix.append(directory);
}
