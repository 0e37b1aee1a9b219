import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { ports, type Slots } from "./guest-files.ts";
import { type Input, piecewiseInput, typedInput } from "./input.ts";
import { MarkedOutput } from "./marked-output.ts";
import type { TerminalSize } from "./process.ts";
import type { Connection } from "./process-script.ts";
import type { Wires } from "./qemu.ts";

/** How this side is connected with a program of the guest. */
export interface Connected {
  /** The port that its script goes by. */
  readonly port: Duplex;
  readonly input: Input;
  /** What it prints, and its errors if they come apart. */
  readonly outputs: readonly [MarkedOutput, ...MarkedOutput[]];
  /** What the script says of it. */
  readonly connection: Connection;
}

/** A program's pipes: input and output share a port. */
export function connectPipes(wires: Wires, slot: number): Connected {
  const mark = newMark();
  const [port, errors] = [wires.port(ports.process(slot)), wires.port(ports.errors(slot))];
  return {
    ...{ port, input: piecewiseInput(port) },
    outputs: [new MarkedOutput(port, mark), new MarkedOutput(errors, mark)],
    connection: { kind: "pipes", errorPort: ports.errors(slot), mark },
  };
}

/** A program's terminal; `hangUp` is called where its input is closed. */
export function connectTerminal(
  { wires, slots, hangUp }: { wires: Wires; slots: Slots; hangUp: () => void },
  slot: number,
  { rows, columns }: TerminalSize,
): Connected {
  const mark = newMark();
  const console = wires.console(slot);
  return {
    port: wires.port(ports.terminal(slots, slot)),
    input: typedInput(console, hangUp),
    outputs: [new MarkedOutput(console, mark)],
    connection: { kind: "terminal", console: slot, mark, rows, columns },
  };
}

// No program can print it by chance.
function newMark(): string {
  return randomBytes(16).toString("hex");
}
