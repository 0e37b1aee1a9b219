// A list of length 0 in static memory.
const EMPTY: usize = memory.data<u32>([0, 0, 0]);

/** A list that stays empty: nothing may be added to it. */
@inline
export function none<T>(): List<T> {
  return changetype<List<T>>(EMPTY);
}

/** Things in the order in which they were added. One that stays empty takes no room. */
@final @unmanaged
export class List<T> {
  length: i32 = 0;
  private room: i32 = 0;
  private start: usize = 0;

  @operator("[]")
  at(index: i32): T {
    return load<T>(this.start + (<usize>index << alignof<T>()));
  }

  set(index: i32, item: T): void {
    store<T>(this.start + (<usize>index << alignof<T>()), item);
  }

  push(item: T): void {
    if (this.length == this.room) this.grow();
    store<T>(this.start + (<usize>this.length << alignof<T>()), item);
    this.length += 1;
  }

  last(): T {
    return this[this.length - 1];
  }

  /** Forgets the last thing. */
  pop(): void {
    this.length -= 1;
  }

  private grow(): void {
    this.room = this.room == 0 ? 4 : this.room * 2;
    const start = heap.alloc(<usize>this.room << alignof<T>());
    memory.copy(start, this.start, <usize>this.length << alignof<T>());
    this.start = start;
  }
}
