import * as directories from "../directories";
import { List } from "../list";
import { bytesOf } from "../page-size";
import { base, isName, join, lexical } from "../path";
import { Place } from "../place";
import { refuse } from "../refusal";
import { Container } from "../request/container";
import { Mount } from "../request/mount";
import { Sandbox } from "../request/sandbox";
import { Storage } from "../storage";
import { Text } from "../text";

// Volumes that the guest makes in its own memory or on its own disk: nothing of the host is in them.

/** Memory of the guest that outlives a container (Kata's handleEphemeralStorage). */
export function ephemeralStorage(mount: Mount, source: Text, place: Place): Storage {
  const mountPoint = ephemeralPath(source, place);
  const tmpfs = Text.of("tmpfs");
  const storage = new Storage("ephemeral", tmpfs, tmpfs, mountPoint);
  addGroup(storage, mount);
  return storage;
}

/** Huge pages of the guest (Kata's handleHugepages): as many as the container may have of the size of the host's. */
export function hugepagesStorage(container: Container, mount: Mount, source: Text, place: Place): Storage {
  const storage = new Storage("ephemeral", Text.of("nodev"), Text.of("hugetlbfs"), ephemeralPath(source, place));
  const pageSize = pageSizeOf(mount, place);
  let limit: i64 = 0;
  for (let i = 0; i < container.hugepageLimits.length; i++) {
    const other = container.hugepageLimits[i];
    if (other.limit > 0 && other.bytes == pageSize) limit = other.limit;
  }
  // Without a size the agent fails (Kata gives it "size=").
  if (limit == 0) refuse("missing-hugepage-limit", Text.ofNumber(pageSize), Text.of("container.hugepageLimits"));
  const pages = Text.of("pagesize=") + Text.ofNumber(pageSize);
  storage.option(pages.and(",size=") + Text.ofNumber(limit));
  return storage;
}

/** A directory of the guest (Kata's handleLocalStorage), beside the root filesystem of the sandbox's first container. */
export function localStorage(
  sandbox: Sandbox,
  container: Container,
  mount: Mount,
  source: Text,
  place: Place,
): Storage {
  const sandboxRoot = join(join(directories.guestDirectory(sandbox), sandbox.id), container.rootfsSuffix);
  return directoryStorage(mount, join(join(sandboxRoot, Text.of("local")), nameOf(source, place)));
}

/** A directory of the guest: one of its own, or one in a volume that it made, which is there from then on. */
export function directoryStorage(mount: Mount, path: Text): Storage {
  const local = Text.of("local");
  const storage = new Storage("local", local, local, path);
  storage.option(Text.of("mode=0777"));
  addGroup(storage, mount);
  return storage;
}

function ephemeralPath(source: Text, place: Place): Text {
  return join(Text.of("/run/kata-containers/sandbox/ephemeral"), nameOf(source, place));
}

// Volumes of one name are one volume: of a pod, they are.
function nameOf(source: Text, place: Place): Text {
  if (source.length == 0) {
    place.lacks("source");
    return Text.empty;
  }
  const name = base(lexical(source));
  if (!isName(name)) place.refuse("bad-name", source, "source");
  return name;
}

// The host's volume has another group than root's where an fsGroup is asked for.
function addGroup(storage: Storage, mount: Mount): void {
  if (mount.facts.gid != 0) storage.option(Text.of("fsgid=") + Text.ofNumber(mount.facts.gid));
}

function pageSizeOf(mount: Mount, place: Place): i64 {
  const options = mount.facts.filesystemOptions;
  for (let i = 0; i < options.length; i++) {
    if (!options[i].startsWith("pagesize=")) continue;
    const size = bytesOf(options[i].from(9));
    if (size <= 0) place.refuse("bad-page-size", options[i], "facts");
    return size;
  }
  place.refuse("bad-page-size", mount.facts.filesystem, "facts");
  return 0;
}
