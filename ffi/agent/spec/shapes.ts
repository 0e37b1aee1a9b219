import type { Reader } from "../../../input/reader.ts";

/** Reads a value of a config.json. Paths of fields that nobody reads go into `leftOut`. */
export type Shape<T> = (value: Reader, leftOut: string[]) => T;

type Shapes = Readonly<Record<string, Shape<unknown>>>;

/** What is read of a record: of each field of its shape, the value, if it is there. */
export type Read<S extends Shapes> = { -readonly [K in keyof S]?: ReturnType<S[K]> };

const U32 = 2 ** 32 - 1;

/** A text that a program of the guest can get. */
export const text: Shape<string> = (value) => {
  const read = value.text();
  if (/\p{Surrogate}/u.test(read)) return value.refuse("lone-surrogate", read);
  return read.includes("\0") ? value.refuse("nul", read) : read;
};

export const flag: Shape<boolean> = (value) => value.flag();

export const u32: Shape<number> = (value) => value.count(U32);

export const i64: Shape<bigint> = (value) => whole(value, -(2n ** 63n), 2n ** 63n - 1n);

export const u64: Shape<bigint> = (value) => whole(value, 0n, 2n ** 64n - 1n);

/** One of some words; the agent never answers to others. */
export function word(words: readonly string[]): Shape<string> {
  return (value) => {
    const read = value.text();
    return words.includes(read) ? read : value.refuseWord(read, words);
  };
}

export function list<T>(item: Shape<T>): Shape<T[]> {
  return (value, leftOut) => value.items().map((one) => item(one, leftOut));
}

export const textsByName: Shape<Record<string, string>> = (value) =>
  Object.fromEntries(Object.keys(value.record()).map((name) => [name, text(value.needed(name), [])]));

/** A record of which the agent is told these fields. Those in `needed` have to be there. */
export function record<S extends Shapes>(
  shapes: S,
  needed: readonly (keyof S & string)[] = [],
): Shape<Read<S>> {
  return (value, leftOut) => {
    for (const name of needed) value.needed(name);
    const read: Partial<Record<string, unknown>> = {};
    for (const name of Object.keys(value.record())) {
      const field = value.field(name);
      if (!field) continue;
      const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
      if (shape) read[name] = shape(field, leftOut);
      else leftOut.push(field.path);
    }
    return read as Read<S>;
  };
}

function whole(reader: Reader, least: bigint, most: bigint): bigint {
  const { value } = reader;
  if (typeof value !== "bigint" && !(typeof value === "number" && Number.isInteger(value)))
    return reader.refuse("wrong-type", "whole number");
  const read = BigInt(value);
  // JSON's numbers round the largest up by one.
  if (read === most + 1n) return most;
  return read >= least && read <= most ? read : reader.refuse("out-of-range", String(value));
}
