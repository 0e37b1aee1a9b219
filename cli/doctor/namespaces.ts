import { type Check, note, ok } from "./check.ts";
import { fileText, linkTarget } from "./files.ts";

/** In which mount namespace and user namespace this process is. */
export function checkNamespaces(): Check[] {
  return [checkMountNamespace(), checkUserNamespace(), checkNewUserNamespaces()];
}

function checkMountNamespace(): Check {
  const own = linkTarget("/proc/self/ns/mnt");
  const first = linkTarget("/proc/1/ns/mnt");
  const found = own ?? "unknown";
  if (first === undefined || own === undefined) return ok("mount namespace", found);
  if (first === own) return ok("mount namespace", `${found}, that of the first process`);
  return note(
    "mount namespace",
    `${found}, and not that of the first process`,
    "start virtiofsd, and whatever else works on the sandbox, from here, too",
  );
}

function checkUserNamespace(): Check {
  const map = fileText("/proc/self/uid_map")?.trim().split(/\s+/) ?? [];
  if (map.join(" ") === "0 0 4294967295") return ok("user namespace", "the machine's own");
  return note(
    "user namespace",
    "one of its own",
    "nothing: but mounts that were there before stay as they are, and cannot be left out of a share",
  );
}

const switches: readonly (readonly [path: string, refusing: string])[] = [
  ["/proc/sys/user/max_user_namespaces", "0"],
  ["/proc/sys/kernel/unprivileged_userns_clone", "0"],
  ["/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"],
];

// For ordinary users, and for shares with idmap.
function checkNewUserNamespaces(): Check {
  const refusing = switches.filter(([path, value]) => fileText(path)?.trim() === value);
  const name = "new user namespaces";
  if (refusing.length === 0) return ok(name, "allowed");
  const settings = refusing
    .map(([path, value]) => `${path.slice("/proc/sys/".length)} is ${value}`)
    .join(", ");
  return note(
    name,
    `restricted: ${settings}`,
    "change that setting by sysctl, for ordinary users and for idmap",
  );
}
