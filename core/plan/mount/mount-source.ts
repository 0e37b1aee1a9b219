import { ANY_ID_MAP, attributesOfClone, RECURSIVE } from "../../attributes";
import { withoutTrailingSlashes } from "../../path";
import { SourceKind } from "../../request/facts";
import { RequestLocation } from "../../request/location";
import { Mount } from "../../request/mount";
import { copyBytes, Text } from "../../text";
import { BindOptions, bindOptionsOf } from "../bind-options";
import { sourceOf } from "../source-path";

// The mode of a share's directory of users says how the share was made. No umask changes the owner's bits or the sticky bit.
const PLAIN_MODE: i32 = 0o700;
const STICKY: i32 = 0o1000;
/** The mode of a share that no other mount may use, because its mount does not show all differences from others. */
export const EXCLUSIVE_MODE: i32 = 0o500;

/** A source that is to be shared or copied, with the options of its mount. */
@final @unmanaged
export class MountSource {
  constructor(
    readonly mount: Mount,
    /** Its absolute path. */
    readonly path: Text,
    readonly options: BindOptions,
    /** 16 hex digits, which make the name of the share or copy unique. */
    readonly random: Text,
  ) {}

  /** Whether the share maps ids. */
  get isIdMapped(): bool {
    return (this.options.attributes & ANY_ID_MAP) != 0;
  }

  /** The mode of the share's directory of users. */
  get mode(): i32 {
    const attributes = this.options.attributes | (this.mount.facts.attributes & ANY_ID_MAP);
    if ((attributes & (RECURSIVE | ANY_ID_MAP)) != 0) return EXCLUSIVE_MODE;
    if (!this.options.recursive) return PLAIN_MODE;
    return this.mount.facts.hasMountsBelow ? EXCLUSIVE_MODE : PLAIN_MODE | STICKY;
  }

  /** A key that is equal for sources that one share can serve. */
  shareKey(): Text {
    const facts = this.mount.facts;
    const identity = facts.identity.length > 0 ? facts.identity : this.path;
    return keyOfShare(identity, attributesOfClone(facts.attributes, this.options.attributes), this.mode);
  }
}

/**
 * A key that is equal for shares of the same source with the same attributes and mode. Identities come first, because requests
 * often have them in order.
 */
export function keyOfShare(identity: Text, attributes: u32, mode: i32): Text {
  const key = Text.allocate(identity.length + 8);
  const end = key.start + identity.length;
  copyBytes(key.start, identity.start, identity.length);
  store<u32>(end, attributes);
  store<i32>(end, mode, 4);
  return key;
}

/** The source of a mount that is to be shared. It is refused if it cannot be. */
export function sourceToShare(bundle: Text | null, mount: Mount, random: Text, location: RequestLocation): MountSource {
  const path = sourceOf(bundle, mount.source, location, "source");
  // The facts are of the path without trailing slashes. With them the kernel opens only a directory.
  const isInFile = mount.facts.kind == SourceKind.File && withoutTrailingSlashes(path).length < path.length;
  if (isInFile) location.refuse("missing-source", path, "source");
  return checkedSource(mount, path, random, location);
}

/** The source of a mount that is to be copied. It is refused if it cannot be. Trailing slashes are ignored, as in Kata. */
export function sourceToCopy(bundle: Text | null, mount: Mount, random: Text, location: RequestLocation): MountSource {
  const path = withoutTrailingSlashes(sourceOf(bundle, mount.source, location, "source"));
  const source = checkedSource(mount, path, random, location);
  if (source.isIdMapped) location.refuse("needs-sharing", path, "uidMappings");
  return source;
}

function checkedSource(mount: Mount, path: Text, random: Text, location: RequestLocation): MountSource {
  const kind = mount.facts.kind;
  if (kind == SourceKind.Missing) location.refuse("missing-source", path, "source");
  if (kind == SourceKind.Block || kind == SourceKind.Char) location.refuse("device-source", path, "source");
  return new MountSource(mount, path, bindOptionsOf(mount, location), random);
}
