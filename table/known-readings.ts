const SLOTS = 64;

/**
 * What texts say, each of which is read once while it is met often. A text has one of few places, by its length and two of its characters, so that
 * what is known stays small, however many texts there are.
 */
export class KnownReadings<Value> {
  readonly #read: (text: string) => Value;
  readonly #texts: (string | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #values: (Value | undefined)[] = new Array(SLOTS).fill(undefined);

  constructor(read: (text: string) => Value) {
    this.#read = read;
  }

  of(text: string): Value {
    const slot = slotOf(text);
    if (this.#texts[slot] === text) return this.#values[slot] as Value;
    const value = this.#read(text);
    this.#texts[slot] = text;
    this.#values[slot] = value;
    return value;
  }
}

function slotOf(text: string): number {
  const { length } = text;
  if (length < 2) return length;
  // "rw,relatime" and "ro,relatime" differ in their second character, "/f1" and "/f11" in their last ones.
  return (length + 3 * text.charCodeAt(1) + 7 * text.charCodeAt(length - 1)) % SLOTS;
}
