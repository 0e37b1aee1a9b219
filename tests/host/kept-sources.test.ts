import assert from "node:assert/strict";
import { test } from "node:test";
import { KeptSources } from "../../ffi/linux/kept-sources.ts";
import type { Source } from "../../ffi/linux/source.ts";
import type { Syscalls } from "../../ffi/linux/syscalls.ts";

// Half of the descriptors that a process may have under `ulimit -n 256`.
const MOST = 128;
const HOUR_MS = 3_600_000;

test(`a process keeps ${MOST} sources at most, for all who keep some, and closes each that is not taken`, (t) => {
  const closed: number[] = [];
  const sys = { closeLater: (fd: number) => void closed.push(fd), closeLate: () => {} };
  const keepers = [1, 2].map(() => new KeptSources(sys as unknown as Syscalls, { keepMs: HOUR_MS }));
  t.after(() => {
    for (const keeper of keepers) keeper.close();
  });
  const source = (fd: number) => ({ fd, file: {} }) as Source;
  const kept = Array.from({ length: 2 * MOST }, (_, fd) => keepers[fd % 2]?.keep(`/srv/${fd}`, source(fd)));
  assert.deepEqual(kept.lastIndexOf(true), MOST - 1);
  assert.equal(keepers[0]?.take("/srv/0")?.fd, 0);
  assert.equal(keepers[1]?.keep("/srv/more", source(1000)), true);
  assert.equal(keepers[1]?.keep("/srv/one-more", source(1001)), false);
  for (const keeper of keepers) keeper.close();
  const left = [...Array.from({ length: MOST - 1 }, (_, fd) => fd + 1), 1000];
  assert.deepEqual(
    closed.toSorted((a, b) => a - b),
    left,
  );
});
