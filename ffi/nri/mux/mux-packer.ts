import { HEADER_BYTES } from "../../ttrpc/frame.ts";
import { LONGEST_MUX_PAYLOAD } from "./mux-reader.ts";

// NRI's library reads through a buffer of so many bytes, and drops the plugin if a payload does not fit into it. The rest of a frame
// that it has begun to read may be longer: the library reads that past the buffer.
const BUFFER_BYTES = 4096;

/**
 * Splits what a connection writes into payloads that every runtime reads: small frames of ttrpc together, as far as they fit into
 * the runtime's buffer, because a runtime also drops a plugin with 256 unread payloads; of a longer frame the header and the rest apart.
 */
export class MuxPacker {
  /** The start of a header that is not whole yet. */
  #kept: Uint8Array = new Uint8Array();
  /** How many bytes of a frame follow that is not sent together with its header. */
  #left = 0;

  /** The payloads of some bytes, in their order, as views of them. */
  *pack(written: Uint8Array): Generator<Uint8Array, void, undefined> {
    const bytes = this.#kept.length === 0 ? written : joined(this.#kept, written);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let group = 0;
    let at = 0;
    for (;;) {
      if (this.#left > 0) {
        const end = Math.min(at + this.#left, at + LONGEST_MUX_PAYLOAD, bytes.length);
        if (end > at) yield bytes.subarray(at, end);
        this.#left -= end - at;
        group = at = end;
        if (at === bytes.length) break;
        continue;
      }
      if (bytes.length - at < HEADER_BYTES) break;
      const end = at + HEADER_BYTES + view.getUint32(at);
      const isSmall = end - at <= BUFFER_BYTES && end <= bytes.length;
      if (at > group && (!isSmall || end - group > BUFFER_BYTES)) {
        yield bytes.subarray(group, at);
        group = at;
      }
      if (isSmall) {
        at = end;
        continue;
      }
      yield bytes.subarray(at, at + HEADER_BYTES);
      this.#left = end - at - HEADER_BYTES;
      group = at += HEADER_BYTES;
    }
    if (at > group) yield bytes.subarray(group, at);
    this.#kept = bytes.slice(at);
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
