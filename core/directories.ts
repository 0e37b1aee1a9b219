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

/** What the guest gets to see of the hub. */
export function view(directory: Text): Text {
  return directory.and("/shared");
}

/** Where the sandbox's own bind mounts are, in the hub. */
export function sandboxMounts(directory: Text): Text {
  return directory.and("/mounts/sandbox-mounts");
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

function rootless(sandbox: Sandbox, directory: string): Text {
  const prefix = sandbox.rootlessDir;
  if (prefix == null) return Text.of(directory);
  return prefix.is("/") ? Text.of(directory) : prefix.and(directory);
}
