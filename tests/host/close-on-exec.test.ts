import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { connectAgent } from "../../ffi/agent/mod.ts";
import { type Generation, generations } from "../../ffi/guest/generation.ts";
import { Syscalls } from "../../ffi/linux/syscalls.ts";
import { type CallName, EmbeddedGuest, type FilesystemShare, type Libc, openLibc } from "../../ffi/mod.ts";
import { type Watched, watchingDescriptors } from "../support/faults/leaking-descriptors.ts";
import { lacking, withoutUniqueIds } from "../support/faults/wrapped-libc.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { libcNames } from "../support/runtimes.ts";
import { container, fill, fullSandbox, withBindMounts } from "../support/sandbox/full.ts";
import { mountTest, random, type Scratch } from "../support/scratch.ts";

// A program that is started while a sandbox is changed inherits none of its descriptors: with one it could leave the
// namespace that it is put in, and hold the sandbox's lock for as long as it runs.

const ENOSYS = 38;
const kernels: readonly [name: string, wrap: (libc: Libc) => Libc][] = [
  ["", (libc) => libc],
  [
    ", on a kernel before 6.8",
    (libc) => withoutUniqueIds(lacking(libc, { statmount: ENOSYS, open_tree_attr: ENOSYS })),
  ],
];
const makers: readonly CallName[] = ["openat", "openat2", "open_tree", "fsopen", "fsmount"];
const runs = libcNames.flatMap((name) => kernels.map(([kernel, wrap]) => ({ name, kernel, wrap })));

for (const { name, kernel, wrap } of runs) {
  mountTest(
    `every descriptor of a sandbox's life is closed on exec, by ${name}${kernel}`,
    async (scratch) => {
      const watched = watchingDescriptors(await openLibc(name));
      const share = await fill(scratch, fullSandbox(scratch), { libc: wrap(watched) });
      await shareMore(scratch, share);
      await share.cleanup({ revoke: true });
      await scratch.share(withBindMounts(scratch), { libc: wrap(watched) }).cleanup();
      openRarely(new Syscalls(watched), scratch.path);
      assertNoLeaks(watched, kernel === "" ? [...makers, "open_tree_attr"] : makers);
    },
  );
}

// What an automounter would have mounted, and what is below a source whose names are not at hand.
function openRarely(sys: Syscalls, path: string): void {
  sys.close(sys.openMounted(path));
  sys.using(sys.openPath(path), (directory) => {
    for (const isAtHand of [true, false]) {
      const fd = sys.openBelow(directory, "more", { isAtHand });
      if (fd !== undefined) sys.close(fd);
    }
  });
}

// Together, in a container, with other owners, and one that is refused.
async function shareMore(scratch: Scratch, share: FilesystemShare): Promise<void> {
  const source = scratch.file("more");
  const idmap = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const mapped = { uidMappings: idmap, gidMappings: idmap, options: ["rbind", "idmap"] };
  const mounts = [
    { source, destination: "/one", options: ["rbind", "ro"] },
    { source: scratch.directory("mapped"), destination: "/two", ...(isMachineRoot ? mapped : {}) },
  ];
  await Promise.all(
    mounts.map((mount, i) => share.shareFile(container, mount, { random: `${i}`.repeat(16) })),
  );
  await share.shareContainer({ id: "c3", rootFs: { target: `${scratch.path}/image` }, mounts });
  await assert.rejects(share.shareFile(container, { source: "/proc", destination: "/proc" }));
  await share.unshareContainer({ id: "c3" });
}

for (const name of libcNames) {
  mountTest(`every descriptor of a copy and of the guest is closed on exec, by ${name}`, async (scratch) => {
    const watched = watchingDescriptors(await openLibc(name));
    scratch.file("tree/directory/file");
    for (const generation of generations) await copyTwice(scratch, watched, generation);
    assertNoLeaks(watched, ["openat"]);
  });
}

// The second time there is something where the guest's agent writes.
async function copyTwice(scratch: Scratch, libc: Libc, generation: Generation): Promise<void> {
  const directory = scratch.directory(`guest-${generation}`);
  const address = join(scratch.path, `${generation}.sock`);
  const guest = await EmbeddedGuest.serve(directory, address, { libc, generation, shareDir: "/guest" });
  const agent = await connectAgent(guest.address);
  try {
    const share = scratch.share({ sharedFs: "none" }, { libc, agent });
    const mount = { source: `${scratch.path}/tree`, destination: "/tree" };
    for (let i = 0; i < 2; i += 1) await share.shareFile(container, mount, { random });
  } finally {
    await agent.close();
    await guest.close();
  }
  assert.deepEqual(readdirSync(directory), [`c1-${random}-tree`]);
}

function assertNoLeaks({ leaks, makers: made }: Watched, expected: readonly CallName[]): void {
  assert.deepEqual([...new Set(leaks)], []);
  const missing = expected.filter((name) => !made.has(name));
  assert.deepEqual(missing, [], "calls that make descriptors were not made");
}
