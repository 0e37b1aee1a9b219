import assert from "node:assert/strict";
import { rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { connectAgent } from "../../ffi/agent/mod.ts";
import {
  type Agent,
  CopyError,
  EmbeddedGuest,
  type FilesystemShare,
  type Libc,
  StepError,
} from "../../ffi/mod.ts";
import { rejection } from "../support/errors.ts";
import { Fuse } from "../support/faults/fuse.ts";
import { denying } from "../support/faults/wrapped-libc.ts";
import { isMachineRoot } from "../support/namespace.ts";
import { refused } from "../support/refused.ts";
import { libc } from "../support/runtimes.ts";
import { bindPrivately } from "../support/sandbox/kernel-below.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

// One mistake, one error: a source that cannot be shared fails in every method in the same way, with nothing left, and what is
// said names the source.

interface Shares {
  /** Of a sandbox that shares, of one that copies, and of one whose own bind mount it is. */
  readonly mounts: FilesystemShare;
  readonly copies: FilesystemShare;
  readonly binding: (source: string) => FilesystemShare;
  readonly root: string;
}

const mountOf = (source: string, ...options: string[]) => ({
  source,
  destination: "/x",
  type: "bind",
  options,
});
const disk = { id: "c1", fstype: "ext4", blockDrive: { scsiAddr: "0:0" } };

const methods: Readonly<Record<string, (shares: Shares, source: string) => Promise<unknown>>> = {
  shareFile: ({ mounts }, source) => mounts.shareFile({ id: "c1" }, mountOf(source)),
  "shareFile, with rbind": ({ mounts }, source) => mounts.shareFile({ id: "c1" }, mountOf(source, "rbind")),
  "shareFile, together": ({ mounts }, source) =>
    mounts.shareFile({ id: "c1" }, mountOf(source), { together: true }),
  "shareFile, relative to a bundle": ({ mounts }, source) =>
    mounts.shareFile({ id: "c1", bundle: "/" }, mountOf(source.slice(1)), { together: true }),
  shareContainer: ({ mounts, root }, source) =>
    mounts.shareContainer({ id: "c1", rootFs: { target: root }, mounts: [mountOf(source)] }),
  "shareContainer, with rbind": ({ mounts, root }, source) =>
    mounts.shareContainer({ id: "c1", rootFs: { target: root }, mounts: [mountOf(source, "rbind", "ro")] }),
  shareRootFilesystem: ({ mounts }, source) =>
    mounts.shareRootFilesystem({ id: "c1", rootFs: { target: source } }),
  "shareContainer, as its root": ({ mounts }, source) =>
    mounts.shareContainer({ id: "c1", rootFs: { target: source } }),
  "prepare, as a sandbox's bind mount": ({ binding }, source) => binding(source).prepare(),
  "shareFile, by a copy": ({ copies }, source) => copies.shareFile({ id: "c1" }, mountOf(source)),
  "shareContainer, by a copy": ({ copies }, source) =>
    copies.shareContainer({ ...disk, mounts: [mountOf(source)] }),
};

/** Does something with an agent of a guest that writes into a directory of the test's. */
async function withGuest(
  scratch: Scratch,
  use: (agent: Agent, guest: EmbeddedGuest) => Promise<void>,
): Promise<void> {
  const options = { libc, shareDir: "/guest" };
  const guest = await EmbeddedGuest.serve(
    scratch.directory("guest"),
    join(scratch.path, "agent.sock"),
    options,
  );
  const agent = await connectAgent(guest.address);
  try {
    await use(agent, guest);
  } finally {
    await agent.close();
    await guest.close();
  }
}

interface Kind {
  readonly code: string;
  readonly reason: RegExp;
  readonly make: (scratch: Scratch) => string | Promise<string>;
  readonly libc?: (source: string) => Libc;
}

const kinds: Readonly<Record<string, Kind>> = {
  "is missing": { code: "ENOENT", reason: /the source does not exist/, make: ({ path }) => `${path}/no` },
  "is below a file": {
    code: "ENOTDIR",
    reason: /not a directory/,
    make: (scratch) => `${scratch.file("file")}/x`,
  },
  "is a link that leads nowhere": {
    code: "ENOENT",
    reason: /the source does not exist/,
    make: ({ path }) => {
      symlinkSync("no", `${path}/link`);
      return `${path}/link`;
    },
  },
  "is a link that leads to itself": {
    code: "ELOOP",
    reason: /a link on the way to the source/,
    make: ({ path }) => {
      symlinkSync("loop", `${path}/loop`);
      return `${path}/loop`;
    },
  },
  "may not be reached": {
    code: "EACCES",
    reason: /this user may not look there/,
    make: (scratch) => scratch.directory("hidden"),
    libc: (source) => denying(libc, (path) => path === source),
  },
  "is on a filesystem whose server has died": {
    code: "ENOTCONN",
    reason: /the server of this filesystem has died/,
    make: async (scratch) => {
      const fuse = await Fuse.mount(scratch, "dead");
      await fuse.die();
      return `${fuse.path}/directory`;
    },
  },
  "is another user's FUSE": {
    code: "EACCES",
    reason: /another user's FUSE filesystem that is mounted without allow_other/,
    make: async (scratch) => (await Fuse.mount(scratch, "home", { user: "1000" })).path,
  },
  "is in another user's FUSE": {
    code: "EACCES",
    reason: /another user's FUSE filesystem that is mounted without allow_other/,
    make: async (scratch) => `${(await Fuse.mount(scratch, "home", { user: "1000" })).path}/directory`,
  },
  "is a file that was deleted where it was mounted from": {
    code: "ENOENT",
    reason: /was deleted where it was mounted from/,
    make: (scratch) => {
      const target = scratch.file("sub-path");
      bindPrivately(scratch.file("key"), target);
      unlinkSync(`${scratch.path}/key`);
      return target;
    },
  },
  "is a directory that was deleted where it was mounted from": {
    code: "ENOENT",
    reason: /was deleted where it was mounted from/,
    make: (scratch) => {
      const target = scratch.directory("sub-path");
      bindPrivately(scratch.directory("volume"), target);
      rmdirSync(`${scratch.path}/volume`);
      return target;
    },
  },
  "is a filesystem of the kernel's": {
    code: "EINVAL",
    reason: /on proc, which shows the host|a filesystem of the kernel/,
    make: (scratch) => {
      const target = scratch.directory("status");
      bindPrivately("/proc", target);
      return target;
    },
  },
};

for (const [what, { code, reason, make, libc: libcFor }] of Object.entries(kinds)) {
  // Another user is none in a user namespace of one's own.
  const skip =
    !isMachineRoot &&
    what.includes("another user") &&
    "only root of the machine may mount for another user; it would be refused";
  mountTest(
    `a source that ${what} is a StepError ${code} of every method`,
    async (scratch) => {
      const source = await make(scratch);
      const options = libcFor ? { libc: libcFor(source) } : {};
      await withGuest(scratch, async (agent, guest) => {
        const shares: Shares = {
          mounts: scratch.share({}, options),
          copies: scratch.share({ sharedFs: "none" }, { ...options, agent }),
          binding: (path) => scratch.share({ id: "s2", sandboxBindMounts: [path] }, options),
          root: scratch.directory("image"),
        };
        await shares.mounts.prepare();
        for (const [name, method] of Object.entries(methods)) {
          const error = await refused(scratch, () => method(shares, source));
          assert.equal(error.code, code, `${name}: ${error.message}`);
          assert.match(error.message, reason, name);
          assert.equal("source" in error.step && error.step.source, source, name);
          assert.ok(error.message.includes(JSON.stringify(source)), `${name}: ${error.message}`);
        }
        assert.equal(guest.requests, 0);
      });
    },
    { skip },
  );
}

for (const [what, make] of [
  ["a file", (scratch) => scratch.file("rootfs.img")],
  [
    "a link to a file",
    (scratch) => {
      symlinkSync(scratch.file("f"), `${scratch.path}/link`);
      return `${scratch.path}/link`;
    },
  ],
] as const satisfies [string, (scratch: Scratch) => string][]) {
  mountTest(`a root filesystem that is ${what} is refused, also below a bundle`, async (scratch) => {
    const share = scratch.share();
    await share.prepare();
    const before = stateOf(scratch.hostDir);
    const source = make(scratch);
    const relative = {
      id: "c1",
      bundle: scratch.path,
      rootFs: { target: source.slice(scratch.path.length + 1) },
    };
    for (const container of [{ id: "c1", rootFs: { target: source } }, relative]) {
      for (const call of [
        () => share.shareRootFilesystem(container),
        () => share.shareContainer(container),
      ]) {
        const error = await rejection(call());
        assert.ok(error instanceof StepError, String(error));
        assert.deepEqual([error.step.op === "bind" && error.step.source, error.code], [source, "ENOTDIR"]);
        assert.match(error.message, /a root filesystem has to be/);
      }
    }
    assert.deepEqual(stateOf(scratch.hostDir), before);
  });
}

mountTest("what is wrong in the request itself is told before what is wrong on the host", async (scratch) => {
  const share = scratch.share();
  await share.prepare();
  const mounts = [
    mountOf(`${scratch.path}/no`),
    { ...mountOf(scratch.file("f"), "size=1"), destination: "/y" },
  ];
  const container = { id: "c1", rootFs: { target: scratch.directory("image") }, mounts };
  await assert.rejects(share.shareContainer(container), {
    name: "RequestError",
    path: "container.mounts[1].options[0]",
  });
});

mountTest("a mount below a copied tree whose server has died is named, not the tree", async (scratch) => {
  const tree = scratch.directory("tree");
  scratch.file("tree/f");
  const dead = await Fuse.mount(scratch, "tree/bucket");
  await dead.die();
  await withGuest(scratch, async (agent) => {
    const share = scratch.share({ sharedFs: "none" }, { agent });
    const error = await rejection(share.shareFile({ id: "c1" }, mountOf(tree)));
    assert.ok(error instanceof CopyError, String(error));
    assert.deepEqual([error.path, error.code], [dead.path, "ENOTCONN"]);
    assert.ok(error.message.startsWith(`Cannot copy ${JSON.stringify(dead.path)} to `), error.message);
  });
});

mountTest("a file whose name looks deleted is copied and shared like another", async (scratch) => {
  const source = scratch.file("f (deleted)");
  await withGuest(scratch, async (agent, guest) => {
    await scratch.share({ sharedFs: "none" }, { agent }).shareFile({ id: "c1" }, mountOf(source));
    assert.equal(guest.requests, 1);
  });
  const share = scratch.share();
  await share.prepare();
  assert.ok(await share.shareFile({ id: "c1" }, mountOf(source)));
});
