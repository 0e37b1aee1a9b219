import assert from "node:assert/strict";
import { performance } from "node:perf_hooks";
import test from "node:test";
import { Worker } from "node:worker_threads";
import { type HostPlace, spelledView, type UnknownPlace } from "../../node/gate/host-place.ts";
import { lookAtHost } from "../../node/gate/host-view.ts";
import { LinkReader } from "../../node/gate/link-reader.ts";
import { kernelScheduler, type Scheduler } from "../../node/gate/scheduler.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { mountTest } from "../support/scratch.ts";

// A look that does not end by what it is tested for ends after this.
const NEVER_MS = 600_000;

const silent = () => new LinkReader(() => new Promise(() => {}));
/** A scheduler by whose word every thread has the processors that it wants. */
const quiet: Scheduler = { delayMs: () => 0, hasRunnableThread: () => false };
/** One by whose word the threads that read links wait for a processor, as long as that is so. */
const starvedReaders = (are: () => boolean = () => true): Scheduler => ({ ...quiet, hasRunnableThread: are });
/** One by whose word this thread has waited for a processor since it was first asked. */
function starvedThread(): Scheduler {
  const start = performance.now();
  return { ...quiet, delayMs: () => performance.now() - start };
}

/** What is known of a path whose links are read as of a server's filesystem, and how it was found out. */
async function placeOn(
  links: LinkReader,
  options: { hostMs: number; longestMs: number; scheduler: Scheduler },
): Promise<HostPlace | UnknownPlace> {
  const session = links.session();
  const read = session.read.bind(session);
  session.read = (root, at) => read(root, at, "nfs4");
  const view = await lookAtHost(
    { sources: ["/a"], others: [] },
    { process: "own", links: session, ...options },
  );
  return view.placeOf("/a");
}

test("a look that hangs ends after the host's time, and says that the host does not answer", async () => {
  const place = await placeOn(silent(), { hostMs: 20, longestMs: NEVER_MS, scheduler: quiet });
  assert.match((place as UnknownPlace).unknown, /^the host has not answered within \d+ ms$/);
});

test("a look whose thread waits for a processor is not over after the host's time", async () => {
  let isStarved = true;
  const links = new LinkReader(async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    isStarved = false;
    return undefined;
  });
  const scheduler = starvedReaders(() => isStarved);
  const place = await placeOn(links, { hostMs: 20, longestMs: NEVER_MS, scheduler });
  assert.equal((place as HostPlace).path, "/a");
});

test("what this thread waits for a processor is not the host's time", async () => {
  const links = new LinkReader(() => new Promise((resolve) => setTimeout(resolve, 100)));
  const place = await placeOn(links, { hostMs: 20, longestMs: NEVER_MS, scheduler: starvedThread() });
  assert.equal((place as HostPlace).path, "/a");
});

for (const [who, scheduler] of [
  ["the thread that reads", starvedReaders()],
  ["this thread", starvedThread()],
] as const)
  test(`a look ends before the runtime has given up, and says that ${who} had no processor`, async () => {
    const place = await placeOn(silent(), { hostMs: NEVER_MS, longestMs: 80, scheduler });
    const said = /^the machine is too busy: of (\d+) ms the look has waited (\d+) ms for a processor$/;
    const [, all, waited] = said.exec((place as UnknownPlace).unknown) ?? [];
    assert.ok(Number(waited) > Number(all) / 2, JSON.stringify(place));
  });

test("a look that hangs on a busy machine says whose fault the most of it was", async () => {
  let asked = 0;
  const mostly = starvedReaders(() => ++asked % 5 === 0);
  const place = await placeOn(silent(), { hostMs: NEVER_MS, longestMs: 400, scheduler: mostly });
  assert.match((place as UnknownPlace).unknown, /^the host has not answered/);
});

test("what has come while this thread waited for a processor is taken, however late that is", async () => {
  const links = new LinkReader(async () => {
    // No timer is called while this runs, and both are due then.
    setTimeout(() => {
      for (const end = performance.now() + 120; performance.now() < end; );
    }, 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    return undefined;
  });
  const place = await placeOn(links, { hostMs: 60, longestMs: NEVER_MS, scheduler: quiet });
  assert.equal((place as HostPlace).path, "/a");
});

test("a look that takes too long gives what it has found, and the rest is unknown", async () => {
  const links = silent().session();
  const view = await lookAtHost(
    { sources: ["/proc/self", "/"], others: [] },
    { process: "own", links, hostMs: 1, longestMs: NEVER_MS, scheduler: quiet },
  );
  assert.equal((view.placeOf("/") as HostPlace).path, "/");
  assert.match(JSON.stringify(view.placeOf("/never/asked")), /was not asked/);
  assert.deepEqual(spelledView.placeOf("/a//b/."), { path: "/a/b", below: [] });
});

test("a look ends in its time, also while it reads one name after the other", async () => {
  const links = new LinkReader().session();
  let read = 0;
  links.read = () => {
    read += 1;
    for (const end = performance.now() + 1; performance.now() < end; );
    return undefined;
  };
  const sources = Array.from({ length: 100 }, (_, i) => `/b${i}${"/c".repeat(200)}`);
  const times = { hostMs: 50, longestMs: NEVER_MS, scheduler: quiet };
  const view = await lookAtHost({ sources, others: [] }, { process: "own", links, ...times });
  const { unknown } = view.placeOf(`/b0${"/c".repeat(200)}`) as UnknownPlace;
  assert.match(unknown, /^the host has not answered within \d+ ms$/);
  assert.ok(read <= 65, `${read} names were read`);
});

mountTest("a filesystem whose server hangs is told from a machine that is busy", async (scratch) => {
  const fuse = await Fuse.mount(scratch, "fuse");
  const source = `${fuse.path}/file`;
  const look = async (links: LinkReader) => {
    const times = { hostMs: 100, longestMs: NEVER_MS };
    const session = links.session();
    const view = await lookAtHost(
      { sources: [source], others: [] },
      { process: "own", links: session, ...times },
    );
    return view.placeOf(source);
  };
  assert.equal(((await look(new LinkReader())) as HostPlace).path, source);
  fuse.hang();
  const place = await look(new LinkReader());
  await fuse.die();
  assert.match((place as UnknownPlace).unknown, /^the host has not answered within \d+ ms$/);
});

test("a thread that computes is runnable, and this one knows how long it has waited for a processor", async () => {
  const source = "for (const end = performance.now() + 600_000; performance.now() < end; );";
  const worker = new Worker(source, { eval: true });
  try {
    // It begins when it is loaded.
    while (!kernelScheduler.hasRunnableThread()) await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    await worker.terminate();
  }
  const before = kernelScheduler.delayMs();
  assert.ok(before > 0 && kernelScheduler.delayMs() >= before);
});
