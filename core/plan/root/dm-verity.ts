import { JsonReader } from "../../json/read";
import { Text } from "../../text";

const MIN_BLOCK: i64 = 512;
const MAX_BLOCK: i64 = 524288;

/**
 * Reads the parameters of a dm-verity device. They are refused if the kernel would refuse them. Kata's DmVerityInfo.IsValid
 * accepts block sizes that are not powers of two.
 */
export function readDmVerity(json: JsonReader): void {
  let type = Text.empty;
  let hash = Text.empty;
  let blocks: i64 = 0;
  let blockSize: i64 = 0;
  let hashSize: i64 = 0;
  let offset: i64 = 0;
  json.object();
  while (json.field()) {
    if (json.isNull()) continue;
    if (json.is("hashtype")) type = json.text();
    else if (json.is("hash")) hash = json.text();
    else if (json.is("blocknum")) blocks = json.integer();
    else if (json.is("blocksize")) blockSize = json.integer();
    else if (json.is("hashsize")) hashSize = json.integer();
    else if (json.is("offset")) offset = json.integer();
    else json.skip();
  }
  require(json, isHash(type, hash), "hash");
  require(json, blocks > 0 && blocks <= 0xffffffff, "blocknum");
  require(json, isBlockSize(blockSize), "blocksize");
  require(json, isBlockSize(hashSize), "hashsize");
  // The hashes come after the data.
  require(json, offset % max(hashSize, 1) == 0 && offset >= blockSize * blocks, "offset");
}

function require(json: JsonReader, isValid: bool, field: string): void {
  if (!isValid) json.refuseField(Text.of(field), "bad-dm-verity");
}

function isBlockSize(size: i64): bool {
  return size >= MIN_BLOCK && size <= MAX_BLOCK && (size & (size - 1)) == 0;
}

function isHash(type: Text, hash: Text): bool {
  const length = isNamed(type, "sha256") ? 64 : isNamed(type, "sha1") ? 40 : 0;
  if (length == 0 || hash.length != length) return false;
  for (let i = 0; i < length; i++) {
    const byte = hash.at(i) | 0x20;
    if (!(byte >= 97 && byte <= 102) && !(hash.at(i) >= 48 && hash.at(i) <= 57)) return false;
  }
  return true;
}

// Whether a type is `name`, in upper or lower case.
function isNamed(type: Text, name: string): bool {
  const lower = Text.allocate(type.length);
  for (let i = 0; i < type.length; i++) {
    const byte = type.at(i);
    store<u8>(lower.start + i, byte >= 65 && byte <= 90 ? byte | 0x20 : byte);
  }
  return lower.is(name);
}
