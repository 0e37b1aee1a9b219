import { readFileSync } from "node:fs";

const PT_INTERP = 3;

/** Whether a program needs a loader and libraries, which a guest has not: its ELF headers name the loader (elf(5)). */
export function isDynamic(program: string): boolean {
  const elf = readFileSync(program);
  const headers = Number(elf.readBigUInt64LE(32));
  const [size, count] = [elf.readUInt16LE(54), elf.readUInt16LE(56)];
  return Array.from({ length: count }, (_, at) => elf.readUInt32LE(headers + at * size)).includes(PT_INTERP);
}
