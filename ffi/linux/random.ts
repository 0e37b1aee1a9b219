import { Buffer } from "node:buffer";
import type { Syscalls } from "./syscalls.ts";

// One call gives many numbers. The kernel gives as many bytes as this at once, or none.
const stock = { hex: "", at: 0 };
const STOCK_BYTES = 256;

/** 8 random bytes as 16 lower-case hex digits. */
export function randomHex(sys: Syscalls): string {
  if (stock.at === stock.hex.length) {
    stock.hex = Buffer.from(randomBytes(sys)).toString("hex");
    stock.at = 0;
  }
  const from = stock.at;
  stock.at = from + 16;
  return stock.hex.slice(from, from + 16);
}

// The kernel's own: Node takes seven milliseconds to load its `crypto`, which is for where a filter hides that call.
function randomBytes(sys: Syscalls): Uint8Array {
  const bytes = new Uint8Array(STOCK_BYTES);
  return sys.fillRandom(bytes) ? bytes : crypto.getRandomValues(bytes);
}
