// A list of length 0 in static memory.
const EMPTY: usize = memory.data<u32>([0, 0, 0]);

/** An empty list. Nothing may be added to it, because all callers get the same one. */
@inline
export function none<T>(): List<T> {
  return changetype<List<T>>(EMPTY);
}

/** A growable array. Until an item is added it allocates nothing. */
@final @unmanaged
export class List<T> {
  length: i32 = 0;
  private capacity: i32 = 0;
  private start: usize = 0;

  @operator("[]")
  at(index: i32): T {
    return load<T>(this.start + (<usize>index << alignof<T>()));
  }

  set(index: i32, item: T): void {
    store<T>(this.start + (<usize>index << alignof<T>()), item);
  }

  push(item: T): void {
    if (this.length == this.capacity) this.grow();
    store<T>(this.start + (<usize>this.length << alignof<T>()), item);
    this.length += 1;
  }

  last(): T {
    return this[this.length - 1];
  }

  /** Removes the last item. */
  pop(): void {
    this.length -= 1;
  }

  private grow(): void {
    this.capacity = this.capacity == 0 ? 4 : this.capacity * 2;
    const start = heap.alloc(<usize>this.capacity << alignof<T>());
    memory.copy(start, this.start, <usize>this.length << alignof<T>());
    this.start = start;
  }
}
