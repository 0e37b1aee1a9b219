import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CopyError, FilesystemShare } from "../../ffi/mod.ts";
import { listing } from "../support/copy/listing.ts";
import { type CopyPlace, copyTest, makeAbove } from "../support/copy/place.ts";
import { rejection } from "../support/errors.ts";
import { libc } from "../support/runtimes.ts";
import { rounds } from "../support/sample.ts";
import { KubeletVolume } from "../support/watch/kubelet-volume.ts";
import { version } from "../support/watch/place.ts";

// A copy that was ended is made again with the same digits, so that its place in the guest is the same one.

const random = "0011223344556677";

function makeTree(place: CopyPlace): string {
  for (const [name, bytes] of [
    ["a.txt", 5000],
    ["a.md", 2500],
    ["d/b", 2500],
    ["d/e/c.x", 2500],
  ] as const)
    writeFileSync(makeAbove(join(place.source, name)), "x".repeat(bytes));
  symlinkSync("d/b", join(place.source, "link"));
  symlinkSync("nothing", join(place.source, "dangling"));
  return place.source;
}

function makeVolume(place: CopyPlace): string {
  const volume = new KubeletVolume(join(place.source, "v"));
  volume.write(version(1, "a", "b", "d/e"));
  return volume.path;
}

for (const generation of ["3.18", "4.0"] as const)
  for (const [what, make] of [
    ["a tree", makeTree],
    ["a volume of kubelet's", makeVolume],
  ] as const)
    copyTest(
      `${what} whose copy was ended at any request is copied to the same place: agent ${generation}`,
      async (place) => {
        const source = make(place);
        const mount = { source, destination: "/v" };
        for (const end of ["abort", "refuse"] as const) {
          let ended = true;
          for (let at = 0; ended; at += rounds(1, 7)) {
            place.empty();
            const controller = new AbortController();
            let isFirst = true;
            const onRequest = (_: unknown, index: number) => {
              if (!isFirst || index !== at) return undefined;
              if (end === "refuse") return { code: 13, message: "ENOSPC: No space left on device" };
              controller.abort(new Error("enough"));
              return undefined;
            };
            await place.with({ generation, onRequest }, async (agent) => {
              const copy = { sliceBytes: 1000, window: 4 };
              const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent, copy });
              const { signal } = controller;
              const first = share.shareFile({ id: "c1" }, mount, { random, signal });
              const error = await first.then(
                () => undefined,
                (error) => error,
              );
              isFirst = false;
              ended = error !== undefined;
              assert.ok(!ended || error instanceof CopyError, String(error));
              if (source === place.source)
                writeFileSync(join(source, "a.txt"), "y".repeat(ended ? 1500 : 5000));
              await share.shareFile({ id: "c1" }, mount, { random });
              assert.deepEqual(
                listing(place.arrived(`c1-${random}-v`)),
                listing(source),
                `${end} at request ${at}`,
              );
              await share.unshareContainer({ id: "c1" });
            });
          }
        }
      },
    );

copyTest(
  "an aborted copy is known as the platform's own: by its name, and the signal's reason",
  async (place) => {
    const source = makeTree(place);
    const emptyDir = join(place.source, "kubernetes.io~empty-dir/e");
    mkdirSync(emptyDir, { recursive: true });
    for (const reason of [undefined, new Error("enough"), "a word"])
      for (const mount of [source, emptyDir].map((path) => ({ source: path, destination: "/v" }))) {
        const controller = new AbortController();
        const onRequest = () => {
          controller.abort(reason);
          return undefined;
        };
        await place.with({ onRequest }, async (agent) => {
          const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent });
          const { signal } = controller;
          const error = await rejection(share.shareFile({ id: "c1" }, mount, { signal }));
          assert.ok(error instanceof CopyError);
          assert.deepEqual([error.name, error.trouble], ["AbortError", "aborted"]);
          assert.equal(error.cause, signal.reason);
          const again = await rejection(share.shareFile({ id: "c1" }, mount, { signal }));
          assert.equal((again as Error).name, "AbortError");
        });
      }
  },
);

copyTest(
  "a copy that takes longer than a signal's timeout is aborted, and its cause says by what",
  async (place) => {
    const onRequest = () => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 200));
    await place.with({ onRequest }, async (agent) => {
      const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent });
      const mount = { source: makeTree(place), destination: "/v" };
      const error = await rejection(
        share.shareFile({ id: "c1" }, mount, { signal: AbortSignal.timeout(20) }),
      );
      assert.ok(error instanceof CopyError && error.name === "AbortError");
      assert.equal((error.cause as Error).name, "TimeoutError");
    });
  },
);

copyTest("a copy that the agent refused is a CopyError by its name", async (place) => {
  const onRequest = () => ({ code: 13, message: "no" });
  await place.with({ onRequest }, async (agent) => {
    const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent });
    const error = await rejection(
      share.shareFile({ id: "c1" }, { source: makeTree(place), destination: "/v" }),
    );
    assert.equal((error as Error).name, "CopyError");
  });
});
