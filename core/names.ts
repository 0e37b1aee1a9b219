import { Text } from "./text";

/** A set of texts: says of each whether it came before. */
@final @unmanaged
export class Names {
  private readonly slots: usize;
  private readonly mask: u32;

  constructor(
    /** How many texts will be added at the most. */
    capacity: i32,
  ) {
    let count: u32 = 8;
    while (count < <u32>capacity * 2) count <<= 1;
    this.mask = count - 1;
    this.slots = heap.alloc(count << alignof<usize>());
    memory.fill(this.slots, 0, count << alignof<usize>());
  }

  /** Whether `name` is new here; it is here from now on. */
  add(name: Text): bool {
    let at = hash(name);
    while (this.at(at) != 0) {
      if (changetype<Text>(this.at(at)).equals(name)) return false;
      at += 1;
    }
    store<usize>(this.slot(at), changetype<usize>(name));
    return true;
  }

  private slot(at: u32): usize {
    return this.slots + ((at & this.mask) << alignof<usize>());
  }

  private at(at: u32): usize {
    return load<usize>(this.slot(at));
  }
}

/** FNV-1a, mixed once more so that its low bits hold all of it. */
function hash(name: Text): u32 {
  let value: u32 = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) value = (value ^ name.at(i)) * 0x01000193;
  value ^= value >> 15;
  value *= 0x2c1b3c6d;
  return value ^ (value >> 12);
}
