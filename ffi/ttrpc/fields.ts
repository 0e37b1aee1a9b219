import { Buffer } from "node:buffer";

const VARINT = 0;
const BYTES = 2;
const LONGEST_VARINT = 10;

/**
 * Writes fields of Protocol Buffers messages, by their numbers, into memory that is used again and again. A general writer
 * makes kilobytes of garbage for the fields around each slice of a file.
 */
export class FieldWriter {
  #bytes = new Uint8Array(1024);
  /** The same memory: a Buffer writes texts. */
  #buffer = Buffer.from(this.#bytes.buffer);
  #length = 0;

  /** A whole number. A negative one has 64 bits, as of int32 and int64. 0 is not written: it is the value of a missing field. */
  number(field: number, value: number): this {
    if (value === 0) return this;
    this.#reserve(0);
    this.#varint(field * 8 + VARINT);
    this.#varint(value);
    return this;
  }

  /** A text, unless it is empty. */
  text(field: number, value: string): this {
    if (value === "") return this;
    const length = Buffer.byteLength(value);
    this.#reserve(length);
    this.start(field, length);
    this.#length += this.#buffer.write(value, this.#length);
    return this;
  }

  /** The start of a field of bytes. The bytes themselves are sent behind it as they are. */
  start(field: number, length: number): this {
    this.#reserve(0);
    this.#varint(field * 8 + BYTES);
    this.#varint(length);
    return this;
  }

  /** The bytes that were written; the next field begins another message. */
  finish(): Uint8Array {
    const bytes = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return bytes;
  }

  // Makes room for a field.
  #reserve(length: number): void {
    const needed = this.#length + 2 * LONGEST_VARINT + length;
    if (needed <= this.#bytes.length) return;
    const bytes = new Uint8Array(2 * needed);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#buffer = Buffer.from(bytes.buffer);
  }

  // Seven bits at a time, the lowest ones first.
  #varint(value: number): void {
    let low = value >>> 0;
    let high = Math.floor(value / 2 ** 32) >>> 0;
    while (high > 0 || low > 0x7f) {
      this.#bytes[this.#length++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    this.#bytes[this.#length++] = low;
  }
}
