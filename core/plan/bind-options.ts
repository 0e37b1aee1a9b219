import { ACCESS_TIMES, ANY_ID_MAP, attributeOf, ID_MAP, READ_ONLY, withoutRecursion } from "../attributes";
import { inArray } from "../json/path";
import { List } from "../list";
import { refuse } from "../refusal";
import { RequestLocation } from "../request/location";
import { Mount } from "../request/mount";
import { Text } from "../text";

/** OCI's words for propagation. They apply only to the container's own mount, because the share is always private. */
export const PROPAGATIONS: StaticArray<string> = [
  "rprivate",
  "private",
  "rslave",
  "slave",
  "rshared",
  "shared",
  "runbindable",
  "unbindable",
];

// Words that restrict nothing, so that only the container's own mount obeys them. "rw" does not clear "ro", nor "dev" the
// source's "nodev": a share never allows more than its source does.
const LEFT_TO_GUEST: StaticArray<string> = [
  "rw",
  "bind",
  "rrw",
  "defaults",
  "async",
  "sync",
  "dirsync",
  "dev",
  "rdev",
  "suid",
  "rsuid",
  "exec",
  "rexec",
  "atime",
  "ratime",
  "diratime",
  "rdiratime",
  "norelatime",
  "rnorelatime",
  "nostrictatime",
  "rnostrictatime",
  "symfollow",
  "rsymfollow",
  "iversion",
  "noiversion",
  "lazytime",
  "nolazytime",
  "mand",
  "nomand",
  "loud",
  "silent",
  "io.katacontainers.fs-opt.block_device=file",
];

/** The meaning of the options of a bind mount. */
@final @unmanaged
export class BindOptions {
  attributes: u32 = 0;
  recursive: bool = false;
}

/**
 * Parses the options of a bind, which are the field "options" of `location`. "ro" wins over "rw", as in Kata. An option that
 * would be ignored is refused.
 */
export function parseBindOptions(words: List<Text>, location: RequestLocation): BindOptions {
  const options = new BindOptions();
  let propagation = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word.is("rbind")) {
      options.recursive = true;
      continue;
    }
    const index = word.indexIn(PROPAGATIONS);
    if (index >= 0) {
      if (propagation >= 0 && index != propagation) refuseOption("conflicting-option", word, location, i);
      propagation = index;
      continue;
    }
    const attribute = attributeOf(word);
    if (attribute == 0 && word.indexIn(LEFT_TO_GUEST) < 0) refuseOption("unsupported-option", word, location, i);
    const earlierTimes = withoutRecursion(options.attributes & ACCESS_TIMES);
    const accessTime = withoutRecursion(attribute & ACCESS_TIMES);
    if (accessTime != 0 && earlierTimes != 0 && earlierTimes != accessTime) refuseOption("conflicting-option", word, location, i);
    options.attributes |= attribute;
  }
  if (!options.recursive) options.attributes = withoutRecursion(options.attributes);
  return options;
}

/** The options of a mount, with those that its other fields imply. */
export function bindOptionsOf(mount: Mount, location: RequestLocation): BindOptions {
  const options = parseBindOptions(mount.options, location);
  if (mount.readOnly) options.attributes |= READ_ONLY;
  const hasMappings = mount.uidMappings.length > 0 || mount.gidMappings.length > 0;
  // OCI: mappings should come with "idmap" or "ridmap". Without either they still are not ignored.
  if (hasMappings && (options.attributes & ANY_ID_MAP) == 0) options.attributes |= ID_MAP;
  if ((options.attributes & ANY_ID_MAP) == 0) return options;
  if (mount.uidMappings.length == 0) location.lacks("uidMappings");
  if (mount.gidMappings.length == 0) location.lacks("gidMappings");
  return options;
}

function refuseOption(code: string, word: Text, location: RequestLocation, index: i32): void {
  refuse(code, word, inArray(location.of("options"), index));
}
