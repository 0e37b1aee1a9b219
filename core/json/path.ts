import { sameBytes, Text } from "../text";

// The index of a frame that has no item yet.
const NO_INDEX: i32 = -1;

// The deepest fields of a request are those of container.mounts[].uidMappings[].
const MAX_DEPTH: i32 = 16;

// No record has more fields. Only a map of texts may, and its reader refuses duplicates itself.
const MAX_FIELDS: i32 = 32;

/** The most items of an array: a mount namespace has no more mounts (fs.mount-max). */
export const MAX_ITEMS: i32 = 100_000;

// A frame stands for an object or array that the reader is in. It has the index of the current item, the number of fields so
// far, and the address and length of each field's name; the last one is the current field.
const COUNT: usize = 4;
const FIELDS: usize = 8;
const FRAME_SIZE: usize = FIELDS + MAX_FIELDS * 8;

/** The path of a JSON reader's position, such as `container.mounts[2].source`. */
@final @unmanaged
export class JsonPath {
  private depth: i32 = 0;
  private readonly frames: usize = heap.alloc(<usize>MAX_DEPTH * FRAME_SIZE);
  private frame: usize = this.frames - FRAME_SIZE;

  /** Enters an object or array; false if it is nested too deep. */
  enter(): bool {
    if (this.depth == MAX_DEPTH) return false;
    this.depth += 1;
    this.frame += FRAME_SIZE;
    store<i32>(this.frame, NO_INDEX);
    store<i32>(this.frame, 0, COUNT);
    return true;
  }

  /** Leaves the innermost object or array. */
  leave(): void {
    this.depth -= 1;
    this.frame -= FRAME_SIZE;
  }

  /** Moves to a field of the innermost object; false if the object had that field before. */
  toField(from: usize, length: i32): bool {
    const count = load<i32>(this.frame, COUNT);
    const first = this.frame + FIELDS;
    const last = first + (min(count, MAX_FIELDS - 1) << 3);
    let isNew = true;
    for (let other = first; other < last; other += 8) {
      if (load<i32>(other, 4) == length && sameBytes(load<usize>(other), from, length)) isNew = false;
    }
    store<usize>(last, from);
    store<i32>(last, length, 4);
    if (count < MAX_FIELDS) store<i32>(this.frame, count + 1, COUNT);
    return isNew;
  }

  /** Moves to the next item of the innermost array; false if there are too many. */
  toItem(): bool {
    const index = load<i32>(this.frame) + 1;
    store<i32>(this.frame, index);
    return index < MAX_ITEMS;
  }

  /** The name of the current field. */
  key(): Text {
    return keyOf(this.frame);
  }

  /** The path as a text, appended to `prefix`. */
  after(prefix: Text): Text {
    let path = prefix;
    for (let frame = this.frames; frame <= this.frame; frame += FRAME_SIZE) {
      const index = load<i32>(frame);
      if (load<i32>(frame, COUNT) > 0) path = inObject(path, keyOf(frame));
      else if (index != NO_INDEX) path = inArray(path, index);
    }
    return path;
  }
}

@inline
function lastField(frame: usize): usize {
  return frame + FIELDS + ((load<i32>(frame, COUNT) - 1) << 3);
}

function keyOf(frame: usize): Text {
  const field = lastField(frame);
  return new Text(load<usize>(field), load<i32>(field, 4));
}

/** The JSON path of a field of the object at `path`. */
export function inObject(path: Text, field: Text): Text {
  if (!isIdentifier(field)) return path + Text.of('["') + field + Text.of('"]');
  return path.length == 0 ? field : path + Text.of(".") + field;
}

/** The JSON path of an item of the array at `path`. */
export function inArray(path: Text, index: i32): Text {
  return path + Text.of("[") + Text.ofNumber(index) + Text.of("]");
}

function isIdentifier(field: Text): bool {
  for (let i = 0; i < field.length; i++) {
    const byte = field.at(i);
    const isLetter = (byte | 0x20) >= 97 && (byte | 0x20) <= 122;
    if (!isLetter && !(i > 0 && byte >= 48 && byte <= 57)) return false;
  }
  return field.length > 0;
}
