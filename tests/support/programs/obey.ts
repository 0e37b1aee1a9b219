/** Obeys orders, one JSON a line, and answers each with a line: how its calls ended. */
import { createInterface } from "node:readline";
import { type CallName, FilesystemShare, type Libc, openLibc, type Sandbox } from "../../../ffi/mod.ts";
import { killing, stalling } from "../faults/wrapped-libc.ts";

/** A call of FilesystemShare by its name, with its arguments. */
export type Call = readonly [
  method:
    | "prepare"
    | "cleanup"
    | "shareFile"
    | "unshareFile"
    | "shareRootFilesystem"
    | "unshareRootFilesystem"
    | "shareContainer"
    | "unshareContainer",
  ...args: unknown[],
];

/** What a process is to do. */
export interface Order {
  readonly sandbox: Sandbox;
  /** Started together. */
  readonly calls: readonly Call[];
  /** When to start, in milliseconds since 1970. */
  readonly startAt?: number;
  /** Before which system call to be killed. */
  readonly killAt?: number;
  /** Before which system call to stop for good, after saying "stalled". */
  readonly stallBefore?: CallName;
  readonly lockTimeoutMs?: number;
}

/** How a call ended. */
export interface Outcome {
  /** "ok", or the error's name. */
  readonly end: string;
  readonly code?: string;
  readonly message?: string;
}

const real = await openLibc();

function libcFor({ killAt, stallBefore }: Order): Libc {
  if (killAt !== undefined) return killing(real, { at: killAt });
  if (stallBefore !== undefined) {
    return stalling(real, { before: stallBefore, stalled: () => console.log(`"stalled"`) });
  }
  return real;
}

async function obey(order: Order): Promise<Outcome[]> {
  const { sandbox, calls, startAt = 0, lockTimeoutMs } = order;
  const options = { libc: libcFor(order), ...(lockTimeoutMs !== undefined && { lockTimeoutMs }) };
  const share = new FilesystemShare(sandbox, options);
  await share.unshareFile({ id: "warm" }, { destination: "/warm" }).catch(() => {}); // loads the core, and does nothing
  while (Date.now() < startAt);
  const started = calls.map(([method, ...args]) =>
    (share[method] as (...args: unknown[]) => Promise<unknown>)(...args),
  );
  const settled = await Promise.allSettled(started);
  return settled.map((one) => (one.status === "fulfilled" ? { end: "ok" } : failed(one.reason)));
}

function failed(error: Error & { code?: string }): Outcome {
  return { end: error.name, ...(error.code !== undefined && { code: error.code }), message: error.message };
}

console.log(`"ready"`);
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await obey(JSON.parse(line) as Order)));
}
