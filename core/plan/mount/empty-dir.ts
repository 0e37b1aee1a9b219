import { isAbsolute, lexical } from "../../path";
import { SourceFacts } from "../../request/facts";
import { Mount } from "../../request/mount";
import { Text } from "../../text";

const EMPTY_DIR: string = "kubernetes.io~empty-dir";

/** An emptyDir volume of the kubelet. */
@final @unmanaged
export class EmptyDir {
  constructor(
    /** The path of the volume on the host. */
    readonly path: Text,
    /** The directory of the volume that is mounted (Kubernetes: subPath); empty for the whole volume. */
    readonly subPath: Text,
    /** Whether the volume is in memory: then a tmpfs or hugetlbfs is mounted on it. */
    readonly isMemory: bool,
  ) {}
}

/** The emptyDir that a mount's source is in, by the last directory of that name; null if it is in none. */
export function emptyDirOf(mount: Mount, source: Text): EmptyDir | null {
  const facts = mount.facts;
  const sourcePath = facts.emptyDirPath.length > 0 ? facts.emptyDirPath : source;
  const path = isAbsolute(sourcePath) ? lexical(sourcePath) : sourcePath;
  let end = path.length;
  let volumeEnd = end;
  while (end > 0) {
    const begin = beginOfName(path, end);
    if (end < path.length && path.slice(begin, end).is(EMPTY_DIR)) {
      return new EmptyDir(path.slice(0, volumeEnd), path.from(min(volumeEnd + 1, path.length)), isMemory(facts));
    }
    volumeEnd = end;
    end = begin - 1;
  }
  return null;
}

function beginOfName(path: Text, end: i32): i32 {
  let begin = end;
  while (begin > 0 && path.at(begin - 1) != 0x2f) begin -= 1;
  return begin;
}

function isMemory(facts: SourceFacts): bool {
  return facts.isMountPoint && (facts.filesystem.is("tmpfs") || facts.filesystem.is("hugetlbfs"));
}
