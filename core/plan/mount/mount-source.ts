import { appliedTo, ID_MAP, RECURSIVE } from "../attributes";
import { withoutSlashes } from "../path";
import { Place } from "../place";
import { SourceKind } from "../request/facts";
import { Mount } from "../request/mount";
import { copyBytes, Text } from "../text";
import { BindOptions, optionsOf } from "./options";
import { sourceOf } from "./source";

// What the mode of a share's directory of users says of it. Its owner's bits and the sticky bit pass every umask.
const PLAIN_MODE: i32 = 0o700;
const STICKY: i32 = 0o1000;
/** Nobody else gets such a share: what makes it differ cannot be read off its mount. */
export const EXCLUSIVE_MODE: i32 = 0o500;

/** A source that is to be shared, and how. */
@final @unmanaged
export class Share {
  constructor(
    readonly mount: Mount,
    readonly source: Text,
    readonly options: BindOptions,
    /** What keeps its name from others'. */
    readonly random: Text,
  ) {}

  get isIdMapped(): bool {
    return (this.options.attributes & ID_MAP) != 0;
  }

  /** Of its directory of users. */
  get mode(): i32 {
    const attributes = this.options.attributes | (this.mount.facts.attributes & ID_MAP);
    if ((attributes & (RECURSIVE | ID_MAP)) != 0) return EXCLUSIVE_MODE;
    if (!this.options.recursive) return PLAIN_MODE;
    return this.mount.facts.hasMountsBelow ? EXCLUSIVE_MODE : PLAIN_MODE | STICKY;
  }

  /** Equal for what one mount can serve. */
  key(): Text {
    const facts = this.mount.facts;
    const identity = facts.identity.length > 0 ? facts.identity : this.source;
    return shareKey(identity, appliedTo(facts.attributes, this.options.attributes), this.mode);
  }
}

/** Equal for the same source with the same attributes and mode. What is often in order comes first. */
export function shareKey(identity: Text, attributes: u32, mode: i32): Text {
  const key = Text.room(identity.length + 8);
  const end = key.start + identity.length;
  copyBytes(key.start, identity.start, identity.length);
  store<u32>(end, attributes);
  store<i32>(end, mode, 4);
  return key;
}

/** What a mount asks to be shared; refused where it cannot be. */
export function shareOf(bundle: Text | null, mount: Mount, random: Text, place: Place): Share {
  const source = sourceOf(bundle, mount.source, place, "source");
  // The facts are those without slashes behind it, by which the kernel opens a directory and no file.
  const isInFile = mount.facts.kind == SourceKind.File && withoutSlashes(source).length < source.length;
  if (isInFile) place.refuse("missing-source", source, "source");
  return shareFrom(mount, source, random, place);
}

/** What a mount asks to be copied; refused where it cannot be. Slashes behind a source say nothing there, as in Kata. */
export function copyOf(bundle: Text | null, mount: Mount, random: Text, place: Place): Share {
  const source = withoutSlashes(sourceOf(bundle, mount.source, place, "source"));
  const share = shareFrom(mount, source, random, place);
  if (share.isIdMapped) place.refuse("needs-sharing", source, "uidMappings");
  return share;
}

function shareFrom(mount: Mount, source: Text, random: Text, place: Place): Share {
  const kind = mount.facts.kind;
  if (kind == SourceKind.Missing) place.refuse("missing-source", source, "source");
  if (kind == SourceKind.Block || kind == SourceKind.Char) place.refuse("device-source", source, "source");
  return new Share(mount, source, optionsOf(mount, place), random);
}
