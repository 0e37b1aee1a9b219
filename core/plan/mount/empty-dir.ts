import { isAbsolute, lexical } from "../path";
import { SourceFacts } from "../request/facts";
import { Mount } from "../request/mount";
import { Text } from "../text";

const EMPTY_DIR: string = "kubernetes.io~empty-dir";

/** An emptyDir of the kubelet's. */
@final @unmanaged
export class EmptyDir {
  constructor(
    /** Where the host has the volume. */
    readonly path: Text,
    /** What of it is mounted (Kubernetes: subPath); empty for all of it. */
    readonly subPath: Text,
    /** Whether memory was asked for: that is mounted right on the volume. Else it lies in what the kubelet's directory is. */
    readonly isMemory: bool,
  ) {}
}

/** The emptyDir that a mount is of, by the last directory that says so; null where it is of none. */
export function emptyDirOf(mount: Mount, source: Text): EmptyDir | null {
  const facts = mount.facts;
  const seen = facts.emptyDirPath.length > 0 ? facts.emptyDirPath : source;
  const path = isAbsolute(seen) ? lexical(seen) : seen;
  let end = path.length;
  let rest = end;
  while (end > 0) {
    const begin = beginOfName(path, end);
    if (end < path.length && path.slice(begin, end).is(EMPTY_DIR)) {
      return new EmptyDir(path.slice(0, rest), path.from(min(rest + 1, path.length)), isMemory(facts));
    }
    rest = end;
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
