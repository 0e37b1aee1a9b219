import { readFileSync } from "node:fs";
import { join } from "node:path";
import { sourceFiles } from "../support/package/imports.ts";
import { packageRoot } from "../support/package-root.ts";
import { type Mutation, mutationsOf } from "./operators.ts";

/** The rooms that mutants are drawn in, each as many, with their folders. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  core: ["core"],
  linux: ["ffi/linux"],
  copy: ["ffi/copy"],
  agent: ["ffi/agent", "ffi/ttrpc"],
  watch: ["ffi/watch"],
  input: ["input"],
  table: ["table"],
};

/** A mutation of a file of the package. */
export interface Mutant extends Mutation {
  readonly room: string;
  readonly file: string;
}

/** Numbers from 0 to below 1, the same ones for a seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The mutants of a room in the order in which a seed draws them, without an end: first an operator, then a place for it. */
export function* drawn(room: string, seed: number): Generator<Mutant> {
  const random = randomOf(seed);
  const pick = <Item>(items: readonly Item[]) => items[Math.floor(random() * items.length)] as Item;
  const all = allOf(room);
  const operators = [...new Set(all.map(({ operator }) => operator))];
  const ofOperator = new Map(
    operators.map((name) => [name, all.filter(({ operator }) => operator === name)]),
  );
  const given = new Set<Mutant>();
  while (given.size < all.length) {
    const mutant = pick(ofOperator.get(pick(operators)) ?? []);
    if (!given.has(mutant)) yield mutant;
    given.add(mutant);
  }
}

/** All mutants of a room, as its files are now. */
export function allOf(room: string): Mutant[] {
  const files = sourceFiles(...(rooms[room] ?? [room])).filter((file) => !file.includes("/generated/"));
  return files.flatMap((file) =>
    mutationsOf(readFileSync(join(packageRoot, file), "utf8")).map((one) => ({ room, file, ...one })),
  );
}
