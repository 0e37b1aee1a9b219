import { randomBytes } from "node:crypto";

// One call gives many numbers: 8 random bytes cost as much as all of these.
const stock = { hex: "", at: 0 };
const STOCK_BYTES = 4096;

/** 8 random bytes as 16 lower-case hex digits. */
export function randomHex(): string {
  if (stock.at === stock.hex.length) {
    stock.hex = randomBytes(STOCK_BYTES).toString("hex");
    stock.at = 0;
  }
  const from = stock.at;
  stock.at = from + 16;
  return stock.hex.slice(from, from + 16);
}
