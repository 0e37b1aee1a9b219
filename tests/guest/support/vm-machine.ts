import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import {
  Machine,
  type MachineStartOptions,
  openShares,
  type RunOptions,
  type Shares,
} from "../../../vm/mod.ts";
import { mountTest, type Scratch } from "../../support/scratch.ts";
import { machinesLeft } from "./guest-test.ts";

/** A program of a machine that has ended: its exit code and what it printed. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Shares, and a machine that has them. */
export interface MachineTest {
  readonly scratch: Scratch;
  readonly shares: Shares;
  readonly machine: Machine;
  /** Runs a line of the guest's shell to its end. */
  readonly sh: (line: string, options?: RunOptions) => Promise<Ended>;
}

/** A test with a machine. No process, mount or file is left of it, however it ends. */
export function machineTest(
  name: string,
  body: (test: MachineTest) => Promise<void>,
  options: MachineStartOptions = {},
): void {
  mountTest(name, async (scratch) => {
    const shares = await openShares({ id: "s1", directory: scratch.hostDir });
    try {
      const machine = await Machine.start(shares, options);
      const sh = (line: string, more?: RunOptions) => endOf(machine, ["sh", "-c", line], more);
      await body({ scratch, shares, machine, sh }).finally(() => machine.stop());
    } finally {
      await shares.close();
    }
    assert.deepEqual(readdirSync(scratch.hostDir), [], "something of the shares is left");
    assert.deepEqual(machinesLeft(), [], "processes of the machine are left");
  });
}

/** Runs a program to its end. */
export async function endOf(
  machine: Machine,
  command: readonly string[],
  options?: RunOptions,
): Promise<Ended> {
  const child = await machine.run(command, options);
  const [stdout, stderr] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  return { code: await child.exited, stdout, stderr };
}

/** All that a stream gives. */
export function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream).text();
}
