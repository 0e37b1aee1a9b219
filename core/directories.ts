import { toBase64Url } from "./base64";
import { join } from "./path";
import { Sandbox } from "./request/sandbox";
import { Text } from "./text";

// The names and places are Kata's (kata_agent.go, mount.go), so that its agent finds what we share.

/** The directory of a sandbox on the host. The guard is bound on it, and everything of the sandbox lies in it. */
export function sandboxDirectory(sandbox: Sandbox): Text {
  const dir = sandbox.hostDir;
  const shared = dir != null ? dir : rootless(sandbox, "/run/kata-containers/shared/sandboxes");
  return join(shared, sandbox.id);
}

/** Where shares are mounted. */
export function hub(directory: Text): Text {
  return directory.and("/mounts");
}

/** The file that says in which mount namespace the sandbox lives. */
export function mark(directory: Text): Text {
  return directory.and("/namespace");
}

/** What the guest gets to see of the hub. */
export function view(directory: Text): Text {
  return directory.and("/shared");
}

/** Where a tree is freed of mounts that may not be shared; there as long as that takes. */
export function staging(directory: Text): Text {
  return directory.and("/staging");
}

/** Where the sandbox's own bind mounts are, in the hub. */
export function sandboxMounts(directory: Text): Text {
  return directory.and("/mounts/sandbox-mounts");
}

/** Where the users of shares are, by the shares' names, in the hub. */
export function users(directory: Text): Text {
  return directory.and("/mounts/.users");
}

/** Where the agent's watchable mounts go, in the hub. */
export function watchable(directory: Text): Text {
  return directory.and("/mounts/watchable");
}

/** The directory at which the guest mounts the view. */
export function guestDirectory(sandbox: Sandbox): Text {
  const dir = sandbox.guestDir;
  return dir != null ? dir : rootless(sandbox, "/run/kata-containers/shared/containers");
}

/** The directory into which files are copied where nothing is shared; Kata's rootless mode leaves it as it is. */
export function guestCopyDirectory(sandbox: Sandbox): Text {
  const dir = sandbox.guestDir;
  return dir != null ? dir : Text.of("/run/kata-containers/shared/containers");
}

/** The directory at which the guest mounts nydusd's filesystem, which has the view in its `containers`. */
export function guestNydusDirectory(sandbox: Sandbox): Text {
  return rootless(sandbox, "/run/kata-containers/shared");
}

/** What the guest has of a container beside what is shared (Kata's literal /run/kata-containers/<container>). */
export function guestContainer(container: Text): Text {
  return Text.of("/run/kata-containers/") + container;
}

/** Where the guest mounts a layer of a root filesystem, by the address of its disk. */
export function guestVirtualVolume(address: Text): Text {
  return Text.of("/run/kata-containers/virtual-volumes/") + toBase64Url(address);
}

/** Where the guest mounts the disk of a volume, by its address. */
export function guestBlockVolume(address: Text): Text {
  return Text.of("/run/kata-containers/sandbox/storage/") + toBase64Url(address);
}

/** Where nydusd mounts a container's image, in its own filesystem. */
export function rafs(container: Text): Text {
  return (Text.of("/rafs/") + container).and("/lowerdir");
}

function rootless(sandbox: Sandbox, directory: string): Text {
  const prefix = sandbox.rootlessDir;
  if (prefix == null) return Text.of(directory);
  return prefix.is("/") ? Text.of(directory) : prefix.and(directory);
}
