import { ACCESS_TIMES, attributeOf, ID_MAP, ofTheMount, OWN_ID_MAP, READ_ONLY } from "../attributes";
import { inArray } from "../json/path";
import { List } from "../list";
import { Place } from "../place";
import { refuse } from "../refusal";
import { Mount } from "../request/mount";
import { Text } from "../text";

/** OCI's words for how mounts propagate: the share is private, so that they are the container's alone. */
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

// Words that take nothing away from what the share is; the container's own mount obeys them. "rw" does not clear "ro",
// and "dev" not the source's "nodev": a share is never more than its source.
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

/** What the options of a bind mount say. */
@final @unmanaged
export class BindOptions {
  attributes: u32 = 0;
  recursive: bool = false;
}

/**
 * What option words say about a bind; `place` has them in its field "options". "ro" wins over "rw", as in Kata; a word
 * that would be ignored is refused.
 */
export function bindOptions(words: List<Text>, place: Place): BindOptions {
  const options = new BindOptions();
  let propagation = -1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word.is("rbind")) {
      options.recursive = true;
      continue;
    }
    const found = word.placeIn(PROPAGATIONS);
    if (found >= 0) {
      if (propagation >= 0 && found != propagation) refuseOption("conflicting-option", word, place, i);
      propagation = found;
      continue;
    }
    const attribute = attributeOf(word);
    if (attribute == 0 && word.placeIn(LEFT_TO_GUEST) < 0) refuseOption("unsupported-option", word, place, i);
    const others = ofTheMount(options.attributes & ACCESS_TIMES);
    const accessTime = ofTheMount(attribute & ACCESS_TIMES);
    if (accessTime != 0 && others != 0 && others != accessTime) refuseOption("conflicting-option", word, place, i);
    options.attributes |= attribute;
  }
  if (!options.recursive) options.attributes = ofTheMount(options.attributes);
  return options;
}

/** What a mount says about its bind. */
export function optionsOf(mount: Mount, place: Place): BindOptions {
  const options = bindOptions(mount.options, place);
  if (mount.readOnly) options.attributes |= READ_ONLY;
  const hasMappings = mount.uidMappings.length > 0 || mount.gidMappings.length > 0;
  // OCI: mappings should come with "idmap" or "ridmap"; without, they are not to be ignored either.
  if (hasMappings && (options.attributes & ID_MAP) == 0) options.attributes |= OWN_ID_MAP;
  if ((options.attributes & ID_MAP) == 0) return options;
  if (mount.uidMappings.length == 0) place.lacks("uidMappings");
  if (mount.gidMappings.length == 0) place.lacks("gidMappings");
  return options;
}

function refuseOption(code: string, word: Text, place: Place, index: i32): void {
  refuse(code, word, inArray(place.of("options"), index));
}
