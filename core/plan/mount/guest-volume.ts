import * as directories from "../../directories";
import { List } from "../../list";
import { bytesOf } from "../../page-size";
import { base, isName, join, lexical } from "../../path";
import { refuse } from "../../refusal";
import { Container } from "../../request/container";
import { RequestLocation } from "../../request/location";
import { Mount } from "../../request/mount";
import { Sandbox } from "../../request/sandbox";
import { Storage } from "../../storage";
import { Text } from "../../text";

// Volumes in the guest's own memory or on its own disk. They have no files of the host.

/** A tmpfs in the guest that outlives a container (Kata's handleEphemeralStorage). */
export function ephemeralStorage(mount: Mount, source: Text, location: RequestLocation): Storage {
  const mountPoint = ephemeralPath(source, location);
  const tmpfs = Text.of("tmpfs");
  const storage = new Storage("ephemeral", tmpfs, tmpfs, mountPoint);
  addGroup(storage, mount);
  return storage;
}

/** Huge pages of the guest, of the size that the host's have, up to the container's limit (Kata's handleHugepages). */
export function hugepagesStorage(container: Container, mount: Mount, source: Text, location: RequestLocation): Storage {
  const storage = new Storage("ephemeral", Text.of("nodev"), Text.of("hugetlbfs"), ephemeralPath(source, location));
  const pageSize = pageSizeOf(mount, location);
  let limit: i64 = 0;
  for (let i = 0; i < container.hugepageLimits.length; i++) {
    const other = container.hugepageLimits[i];
    if (other.limit > 0 && other.bytes == pageSize) limit = other.limit;
  }
  // Without a size the agent fails: Kata sends "size=" then.
  if (limit == 0) refuse("missing-hugepage-limit", Text.ofNumber(pageSize), Text.of("container.hugepageLimits"));
  const pages = Text.of("pagesize=") + Text.ofNumber(pageSize);
  storage.option(pages.append(",size=") + Text.ofNumber(limit));
  return storage;
}

/** A directory of the guest, beside the root filesystem of the sandbox's first container (Kata's handleLocalStorage). */
export function localStorage(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  source: Text,
  location: RequestLocation,
): Storage {
  const sandboxRoot = join(join(directories.guestDirectory(sandbox), sandbox.id), container.rootfsSuffix);
  return directoryStorage(mount, join(join(sandboxRoot, Text.of("local")), nameOf(source, location)));
}

/** A directory that the agent creates in the guest. */
export function directoryStorage(mount: Mount, path: Text): Storage {
  const local = Text.of("local");
  const storage = new Storage("local", local, local, path);
  storage.option(Text.of("mode=0777"));
  addGroup(storage, mount);
  return storage;
}

function ephemeralPath(source: Text, location: RequestLocation): Text {
  return join(Text.of("/run/kata-containers/sandbox/ephemeral"), nameOf(source, location));
}

// A volume is known by its last name: volumes of a pod have different ones.
function nameOf(source: Text, location: RequestLocation): Text {
  if (source.length == 0) {
    location.lacks("source");
    return Text.empty;
  }
  const name = base(lexical(source));
  if (!isName(name)) location.refuse("bad-name", source, "source");
  return name;
}

// If the pod has an fsGroup, the host's volume has that group in place of root's.
function addGroup(storage: Storage, mount: Mount): void {
  if (mount.facts.gid != 0) storage.option(Text.of("fsgid=") + Text.ofNumber(mount.facts.gid));
}

function pageSizeOf(mount: Mount, location: RequestLocation): i64 {
  const options = mount.facts.filesystemOptions;
  for (let i = 0; i < options.length; i++) {
    if (!options[i].startsWith("pagesize=")) continue;
    const size = bytesOf(options[i].from(9));
    if (size <= 0) location.refuse("bad-page-size", options[i], "facts");
    return size;
  }
  location.refuse("bad-page-size", mount.facts.filesystem, "facts");
  return 0;
}
