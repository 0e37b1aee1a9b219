import assert from "node:assert/strict";
import { StepError } from "../../ffi/mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { faulty } from "../support/faults/wrapped-libc.ts";
import { mount, mountTmpfs, unmount } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import { sampleOf } from "../support/sample.ts";
import { build, halves } from "../support/sandbox/half.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";
import { mountTable, treeOf } from "../support/state.ts";

// One for each state, in turn.
const errnos = [5, 1, 28, 12, 22]; // EIO, EPERM, ENOSPC, ENOMEM, EINVAL

// What others may have done to the parts of a sandbox that lives.
const damages = {
  guard: ["unbindable", "private", "slave", "shared"],
  hub: ["shared", "private", "slave", "gone"],
  view: ["slave", "shared slave", "private", "shared", "gone", "covered"],
} as const;
type Damage = { [Part in keyof typeof damages]: (typeof damages)[Part][number] };

function allDamages(): Damage[] {
  return damages.guard.flatMap((guard) =>
    damages.hub.flatMap((hub) => damages.view.map((view) => ({ guard, hub, view }))),
  );
}

async function damage(scratch: Scratch, { guard, hub, view }: Damage): Promise<void> {
  const share = scratch.share();
  await share.prepare();
  const source = scratch.directory("source");
  await share.shareFile({ id: "c1" }, { source, destination: "/d" }, { random });
  const [hubPath, viewPath] = [scratch.inSandbox("mounts"), scratch.inSandbox("shared")];
  if (hub === "gone") unmount(hubPath);
  else mount(`--make-${hub}`, hubPath);
  if (view === "gone") unmount(viewPath);
  else if (view === "covered") mountTmpfs(viewPath);
  else if (view === "shared slave") mount("--make-shared", viewPath);
  else {
    mount("--make-private", viewPath);
    if (view !== "private" && view !== "slave") mount(`--make-${view}`, viewPath);
  }
  mount(`--make-${guard}`, scratch.inSandbox());
}

// The guard may have been mended: how it propagates is left out.
function seen(scratch: Scratch): string[] {
  const guard = ` ${scratch.inSandbox()} `;
  const mounts = mountTable().map((line) =>
    line.includes(guard)
      ? line.replace(/ (unbindable|private|shared|master|shared,master) (\S+)$/, " $2")
      : line,
  );
  return [...mounts, ...treeOf(scratch.hostDir)];
}

interface Round {
  readonly what: string;
  readonly errno: number;
  make(): unknown;
}

// Makes each call of a prepare fail in turn: it leaves all as it found it. Gives how many failed.
async function failEachCall(scratch: Scratch, { what, errno, make }: Round): Promise<number> {
  await make();
  let before = seen(scratch);
  let failures = 0;
  for (let at = 1; ; at++) {
    const broken = faulty(libc, { at, errno });
    const error = await rejectionOf(scratch.share({}, { libc: broken }).prepare());
    const isAsBefore = check(before, seen(scratch), error, `${what}, ${errno} from call ${at}: ${error}`);
    if (broken.failed() !== undefined && error !== undefined) failures += 1;
    if (isAsBefore && broken.failed() !== undefined) continue;
    await scratch.share().cleanup();
    if (broken.failed() === undefined) return failures;
    await make();
    before = seen(scratch);
  }
}

// Whether all is as it was. Where the undo failed too, what is left behind is told, and nothing is lost.
function check(before: string[], after: string[], error: unknown, what: string): boolean {
  if (error === undefined) return false;
  assert.ok(error instanceof StepError, what);
  if (error.undo.length === 0) assert.deepEqual(after, before, what);
  const lost = before.filter((line) => / \/\S+ /.test(line) && !after.includes(line));
  assert.deepEqual(lost, [], what);
  return error.undo.length === 0;
}

mountTest("a prepare that fails at any call leaves each half-made sandbox as it was", async (scratch) => {
  const found = halves().filter(({ stray }) => stray !== "beside");
  for (const [at, half] of sampleOf(found, 7).entries()) {
    const errno = errnos[at % errnos.length] as number;
    const make = () => build(scratch, half);
    const failures = await failEachCall(scratch, { what: JSON.stringify(half), errno, make });
    assert.ok(failures > 20, `${JSON.stringify(half)}: only ${failures} failures`);
  }
});

mountTest(
  "a prepare that fails at any call leaves each damaged sandbox and its shares as they were",
  async (scratch) => {
    for (const [at, one] of sampleOf(allDamages(), 7).entries()) {
      const errno = errnos[at % errnos.length] as number;
      const make = () => damage(scratch, one);
      const failures = await failEachCall(scratch, { what: JSON.stringify(one), errno, make });
      assert.ok(failures > 5, `${JSON.stringify(one)}: only ${failures} failures`);
    }
  },
);

const everywhere: readonly [change: string, error: RegExp | undefined][] = [
  ["--make-rshared", undefined],
  ["--make-rprivate", /the hub private, and the guest sees no new share any more; call cleanup first/],
  ["--make-rslave", /the hub private, and the guest sees no new share any more; call cleanup first/],
];
for (const [change, expected] of everywhere) {
  const end = expected ? "prepare says what became of it" : "prepare goes on";
  mountTest(`after mount ${change} a sandbox keeps its shares, and ${end}`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    await share.shareFile({ id: "c1" }, { source: scratch.file("f"), destination: "/f" }, { random });
    mount(change, scratch.path);
    const before = seen(scratch);
    const missing = scratch.share({ sandboxBindMounts: [`${scratch.path}/missing`] });
    assert.match(String(await rejectionOf(missing.prepare())), expected ?? /the source does not exist/);
    assert.deepEqual(seen(scratch), before);
    const error = await rejectionOf(scratch.share().prepare());
    if (expected) assert.match(String(error), expected);
    else assert.equal(error, undefined);
    assert.deepEqual(seen(scratch), before);
    await share.cleanup();
    assert.deepEqual(treeOf(scratch.hostDir).length, 1);
  });
}

mountTest("a view that was made shared beside being a slave shows what is shared next", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  mount("--make-rshared", scratch.path);
  scratch.directory("source/inner");
  await share.shareFile({ id: "c1" }, { source: `${scratch.path}/source`, destination: "/d" }, { random });
  assert.ok(treeOf(scratch.view(`c1-${random}-d`)).length === 2);
  await share.cleanup();
});
