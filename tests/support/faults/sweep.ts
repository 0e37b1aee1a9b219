import assert from "node:assert/strict";
import type { FilesystemShare } from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";
import { callsOf, rounds } from "../sample.ts";
import type { Scratch } from "../scratch.ts";
import { counting, failing, faulty } from "./wrapped-libc.ts";

/** Errors that a system call may fail with. */
export const errnos = { EPERM: 1, EIO: 5, ENOMEM: 12, EMFILE: 24, ENOSPC: 28, ENOSYS: 38 } as const;

export type Errno = keyof typeof errnos;

/** An operation that is repeated, each time with another call that fails. */
export interface Round {
  /** Makes what the operation begins with, each time the same. */
  begin(): Promise<unknown>;
  perform(share: FilesystemShare): Promise<unknown>;
  /** Throws where the operation ended as it must not; `error` is what it was rejected with. */
  check(error: unknown, code: Errno): unknown;
  end(): Promise<unknown>;
}

/** Makes each call of an operation fail in turn, and tells at the end of all that was wrong. */
export async function sweep(scratch: Scratch, codes: readonly Errno[], round: Round): Promise<void> {
  const wrong = new Map<string, string[]>();
  let failures = 0;
  const names = await namesOf(scratch, round);
  for (const [first, code] of codes.entries()) {
    for (const at of callsOf(names, 10, first)) {
      await round.begin();
      const broken = faulty(libc, { at, errno: errnos[code] });
      const error = await rejectionOf(round.perform(scratch.share({}, { libc: broken })));
      if (error !== undefined) failures += 1;
      try {
        await round.check(error, code);
      } catch (problem) {
        const [what = ""] = (problem as Error).message.split("\n");
        const told = `call ${at}, ${broken.failed()} ${code}: ${error ?? "no error"}`;
        wrong.set(what, [...(wrong.get(what) ?? []), told]);
      }
      await round.end();
      if (broken.failed() === undefined) break;
    }
  }
  const all = [...wrong].map(([what, calls]) => `${what}, ${calls.length} times; at ${calls[0]}`);
  assert.ok(all.length === 0, all.join("\n"));
  assert.ok(failures > rounds(20, 10), `only ${failures} failures`);
}

async function namesOf(scratch: Scratch, round: Round): Promise<string[]> {
  await round.begin();
  const counted = counting(libc);
  await round.perform(scratch.share({}, { libc: counted }));
  await round.end();
  return failing(counted.log);
}

/** What a promise is rejected with; undefined where it is not. */
export function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
