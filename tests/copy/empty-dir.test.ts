import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type Container, CopyError, FilesystemShare } from "../../ffi/mod.ts";
import { type CopyPlace, copyTest, shareDir } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";
import { libc } from "../support/runtimes.ts";

// An emptyDir on a disk belongs to all containers of a pod: what one writes in the guest the others are to see.

const sandbox = { id: "s1", sharedFs: "none" } as const;

function makeEmptyDir(place: CopyPlace): string {
  const path = join(place.source, "volumes/kubernetes.io~empty-dir/scratch");
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "seed"), "from the host");
  return path;
}

function containerWith(id: string, source: string): Container {
  const mounts = [{ destination: `/var/${id}`, type: "bind", source, options: ["rbind"] }];
  return { id, fstype: "ext4", blockDrive: { scsiAddr: "0:0" }, mounts };
}

const sourceIn = ({ mounts }: Awaited<ReturnType<FilesystemShare["shareContainer"]>>) => mounts[0]?.source;

copyTest("an emptyDir is copied once, and its containers have it together", async (place) => {
  const source = makeEmptyDir(place);
  const copied: string[] = [];
  await place.with({}, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, {
      ...{ libc, agent },
      onCopied: ({ guestPath }) => copied.push(guestPath),
    });
    // Two at the same time, one with digits of its own, one more, one by shareFile, one twice.
    const random = ["00112233445566aa"];
    const paths = [
      ...(await Promise.all(["c1", "c2"].map((id) => share.shareContainer(containerWith(id, source))))).map(
        sourceIn,
      ),
      sourceIn(await share.shareContainer(containerWith("c3", source), { random })),
      sourceIn(await share.shareContainer(containerWith("c4", source))),
      (await share.shareFile({ id: "c5" }, { source, destination: "/d" }))?.guestPath,
      sourceIn(await share.shareContainer(containerWith("c1", source))),
    ];
    assert.deepEqual(copied, [paths[0]]);
    assert.match(String(paths[0]), new RegExp(`^${shareDir}/sandbox-[0-9a-f]{16}-scratch$`));
    assert.deepEqual(new Set(paths), new Set([paths[0]]));
    assert.equal(guest.requests, 3);
    assert.equal(
      readFileSync(join(place.arrived(basename(String(paths[0]))), "seed"), "utf8"),
      "from the host",
    );

    // It outlives its containers, and what they wrote in it.
    for (const id of ["c1", "c2", "c3", "c4"]) await share.unshareContainer(containerWith(id, source));
    assert.equal(sourceIn(await share.shareContainer(containerWith("c6", source))), paths[0]);
    assert.equal(guest.requests, 3);

    const another = new FilesystemShare(sandbox, { libc, agent });
    assert.notEqual(sourceIn(await another.shareContainer(containerWith("c7", source))), paths[0]);
  });
});

copyTest("the first container's digits are those of the emptyDir", async (place) => {
  const source = makeEmptyDir(place);
  await place.with({}, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const paths = [];
    for (const [id, digits] of [
      ["c1", "00112233445566aa"],
      ["c2", "ffffffffffffffff"],
    ] as const)
      paths.push(sourceIn(await share.shareContainer(containerWith(id, source), { random: [digits] })));
    const expected = `${shareDir}/sandbox-00112233445566aa-scratch`;
    assert.deepEqual(paths, [expected, expected]);
  });
});

copyTest(
  "an emptyDir is one by its path, also relative to the bundle and with a slash behind it",
  async (place) => {
    const source = makeEmptyDir(place);
    const relative = source.slice(place.path.length + 1);
    await place.with({}, async (agent, guest) => {
      const share = new FilesystemShare(sandbox, { libc, agent });
      const bundle = place.path;
      const containers = [
        { ...containerWith("c1", relative), bundle },
        { ...containerWith("c2", `${source}/`), bundle },
        containerWith("c3", source),
      ];
      const paths = await Promise.all(containers.map((each) => share.shareContainer(each).then(sourceIn)));
      const file = await share.shareFile({ id: "c4", bundle }, { source: relative, destination: "/d" });
      assert.deepEqual(new Set([...paths, file?.guestPath]), new Set([paths[0]]));
      assert.match(String(paths[0]), /\/sandbox-[0-9a-f]{16}-scratch$/);
      assert.equal(guest.requests, 3);
    });
  },
);

copyTest("an emptyDir that a container mounts twice is copied once", async (place) => {
  const source = makeEmptyDir(place);
  await place.with({}, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const once = containerWith("c1", source);
    const again = { destination: "/again", type: "bind", source };
    const { mounts } = await share.shareContainer({ ...once, mounts: [...(once.mounts ?? []), again] });
    assert.equal(mounts[0]?.source, mounts[1]?.source);
    assert.equal(guest.requests, 3);
  });
});

copyTest(
  "containers that come while others' first volumes are copied get the same emptyDir",
  async (place) => {
    const source = makeEmptyDir(place);
    writeFileSync(join(place.source, "f"), "x");
    await place.with({}, async (agent, guest) => {
      const share = new FilesystemShare(sandbox, { libc, agent });
      const before = { destination: "/f", type: "bind", source: join(place.source, "f") };
      const containers = ["c1", "c2", "c3"].map((id) => {
        const container = containerWith(id, source);
        return { ...container, mounts: [before, ...(container.mounts ?? [])] };
      });
      const plans = await Promise.all(containers.map((container) => share.shareContainer(container)));
      assert.equal(new Set(plans.map(({ mounts }) => mounts[1]?.source)).size, 1);
      assert.equal(guest.requests, 3 + 3);
    });
  },
);

copyTest("whoever counts on a copy that fails is told so, whenever he comes to it", async (place) => {
  const source = makeEmptyDir(place);
  writeFileSync(join(place.source, "f"), "x");
  let late = () => {};
  const isLate = new Promise<undefined>((resolve) => {
    late = () => resolve(undefined);
  });
  const onRequest = ({ path }: { path: string }) => {
    if (path.endsWith("-f")) return isLate;
    return { code: 13, message: "ENOSPC: No space left on device" };
  };
  await place.with({ onRequest }, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const before = { destination: "/f", type: "bind", source: join(place.source, "f") };
    const container = containerWith("c2", source);
    const failing = rejection(share.shareContainer(containerWith("c1", source)));
    const waiting = share.shareContainer({ ...container, mounts: [before, ...(container.mounts ?? [])] });
    const error = await failing;
    late();
    assert.equal(await rejection(waiting), error);
    assert.equal(guest.requests, 2); // nothing is sent there again
  });
});

copyTest("an emptyDir that could not be copied is copied anew elsewhere", async (place) => {
  const source = makeEmptyDir(place);
  let isFull = true;
  const onRequest = () => (isFull ? { code: 13, message: "ENOSPC: No space left on device" } : undefined);
  await place.with({ onRequest }, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const errors = await Promise.all(
      ["c1", "c2"].map((id) => rejection(share.shareContainer(containerWith(id, source)))),
    );
    assert.ok(errors[0] instanceof CopyError && errors[1] === errors[0]);
    isFull = false;
    const path = sourceIn(await share.shareContainer(containerWith("c1", source)));
    assert.notEqual(path, errors[0].guestPath);
    assert.equal(sourceIn(await share.shareContainer(containerWith("c2", source))), path);
  });
});

copyTest("who wants an emptyDir no more ends its copy for himself alone", async (place) => {
  const source = makeEmptyDir(place);
  for (let i = 0; i < 30; i += 1) writeFileSync(join(source, `f${i}`), "x");
  const [first, second] = [new AbortController(), new AbortController()];
  const onRequest = async (_: unknown, index: number) => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    if (index === 5) second.abort();
    if (index === 10) first.abort();
    return undefined;
  };
  await place.with({ onRequest }, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, { libc, agent, copy: { window: 1 } });
    const signals = [first.signal, second.signal, undefined];
    const ends = await Promise.all(
      signals.map((signal, i) =>
        share.shareContainer(containerWith(`c${i}`, source), signal ? { signal } : {}).then(
          () => "copied",
          (error) => `${error.code} after ${guest.requests < 20 ? "a moment" : "all"}`,
        ),
      ),
    );
    assert.deepEqual(ends, ["CANCELLED after a moment", "CANCELLED after a moment", "copied"]);
    assert.equal(guest.requests, 33);
  });
});

copyTest("an emptyDir that nobody wants any more is not copied to its end", async (place) => {
  const source = makeEmptyDir(place);
  for (let i = 0; i < 30; i += 1) writeFileSync(join(source, `f${i}`), "x");
  const controller = new AbortController();
  const onRequest = (_: unknown, index: number) => {
    if (index === 10) controller.abort();
    return undefined;
  };
  await place.with({ onRequest }, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, { libc, agent, copy: { window: 1 } });
    const { signal } = controller;
    const ends = ["c1", "c2"].map((id) =>
      rejection(share.shareContainer(containerWith(id, source), { signal })),
    );
    for (const error of await Promise.all(ends))
      assert.ok(error instanceof CopyError && error.trouble === "aborted");
    assert.ok(guest.requests < 20, `${guest.requests} requests`);
  });
});

copyTest("an emptyDir is copied anew after the sandbox was cleaned up", async (place) => {
  const source = makeEmptyDir(place);
  await place.with({}, async (agent, guest) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    await share.shareContainer(containerWith("c1", source));
    await share.cleanup();
    await share.shareContainer(containerWith("c1", source));
    assert.equal(guest.requests, 6);
  });
});

copyTest("other volumes are copied for each container", async (place) => {
  writeFileSync(join(place.source, "f"), "x");
  await place.with({}, async (agent) => {
    const share = new FilesystemShare(sandbox, { libc, agent });
    const paths = [];
    for (const id of ["c1", "c2"])
      paths.push(sourceIn(await share.shareContainer(containerWith(id, place.source))));
    assert.equal(new Set(paths).size, 2);
  });
});

copyTest("a signal ends the copies of an operation", async (place) => {
  for (let i = 0; i < 100; i += 1) writeFileSync(join(place.source, `f${i}`), "x");
  const controller = new AbortController();
  const onRequest = (_: unknown, index: number) => {
    if (index === 20) controller.abort();
    return undefined;
  };
  await place.with({ onRequest }, async (agent, guest) => {
    const progress: number[] = [];
    const share = new FilesystemShare(sandbox, {
      ...{ libc, agent },
      copy: { window: 1, onProgress: ({ entries }) => progress.push(entries) },
    });
    const { signal } = controller;
    for (const copy of [
      () => share.shareContainer(containerWith("c1", place.source), { signal }),
      () => share.shareFile({ id: "c1" }, { source: place.source, destination: "/d" }, { signal }),
    ]) {
      const error = await rejection(copy());
      assert.ok(error instanceof CopyError && error.trouble === "aborted");
    }
    assert.ok(guest.requests < 25, `${guest.requests} requests`);
    assert.deepEqual(progress.slice(0, 3), [1, 2, 3]);
  });
});
