import assert from "node:assert/strict";
import type { Container, Mount, Sandbox } from "../../ffi/mod.ts";
import { requestError } from "../support/errors.ts";
import { counting } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { mountTest, random } from "../support/scratch.ts";
import { stateOf } from "../support/state.ts";

// Rows: what is wrong, what it is told, the JSON path; and what is put into a good request.
type Row = [
  what: string,
  code: string,
  path: string,
  wrong: { sandbox?: object; container?: object; mount?: object; random?: string },
];

const rows: readonly Row[] = [
  ["a sandbox's id that leads elsewhere", "bad-id", "sandbox.id", { sandbox: { id: "../x" } }],
  ["an empty sandbox id", "bad-id", "sandbox.id", { sandbox: { id: "" } }],
  ["a sandbox's id with a slash", "bad-id", "sandbox.id", { sandbox: { id: "a/b" } }],
  ["a sandbox's id with a NUL", "has-nul", "sandbox.id", { sandbox: { id: "a\0b" } }],
  ["a sandbox's id that is reserved", "reserved-id", "sandbox.id", { sandbox: { id: "sandbox-mounts" } }],
  ["a container's id that leads elsewhere", "bad-id", "container.id", { container: { id: "../x" } }],
  ["an empty container id", "bad-id", "container.id", { container: { id: "" } }],
  ["a container's id with a slash", "bad-id", "container.id", { container: { id: "a/b" } }],
  ["a container's id with a NUL", "has-nul", "container.id", { container: { id: "a\0" } }],
  ["a container's id that is reserved", "reserved-id", "container.id", { container: { id: "watchable" } }],
  ["a missing container id", "missing-field", "container.id", { container: { id: undefined } }],
  ["a relative source without a bundle", "not-absolute", "mount.source", { mount: { source: "etc/x" } }],
  ["a missing source", "missing-field", "mount.source", { mount: { source: undefined } }],
  ["an empty source", "missing-field", "mount.source", { mount: { source: "" } }],
  ["a source with a NUL", "has-nul", "mount.source", { mount: { source: "/etc\0/x" } }],
  ["a lone surrogate", "lone-surrogate", "mount.source", { mount: { source: "/etc/\ud800" } }],
  [
    "an unknown driver",
    "unknown-word",
    "sandbox.blockDeviceDriver",
    { sandbox: { blockDeviceDriver: "floppy" } },
  ],
  ["an unknown field", "unknown-field", "mount.sauce", { mount: { sauce: "/etc" } }],
  ["a number for a text", "wrong-type", "mount.source", { mount: { source: 7 } }],
  ["a text for a list", "wrong-type", "mount.options", { mount: { options: "ro" } }],
  [
    "an option that would be ignored",
    "unsupported-option",
    "mount.options[1]",
    { mount: { options: ["ro", "size=1"] } },
  ],
  ["a type that is no bind", "unsupported-type", "mount.type", { mount: { type: "tmpfs" } }],
  ["digits that are none", "bad-random", "random", { random: "0123456789ABCDEF" }],
  ["directories that lead up", "has-dot-dot", "sandbox.hostDir", { sandbox: { hostDir: "/run/../etc" } }],
  ["a relative directory for sandboxes", "not-absolute", "sandbox.hostDir", { sandbox: { hostDir: "run" } }],
  [
    "two sandbox bind mounts with one last name",
    "duplicate-name",
    "sandbox.sandboxBindMounts[1]",
    { sandbox: { sandboxBindMounts: ["/a/hosts", "/b/hosts/"] } },
  ],
  [
    "a root directory as sandbox bind mount",
    "bad-name",
    "sandbox.sandboxBindMounts[0]",
    { sandbox: { sandboxBindMounts: ["/"] } },
  ],
];

for (const [what, code, path, wrong] of rows) {
  mountTest(`${what} is refused as ${path} before any system call`, async (scratch) => {
    const counted = counting(libc);
    const before = stateOf(scratch.path);
    const share = scratch.share(wrong.sandbox as Partial<Sandbox>, { libc: counted });
    const container = { id: "c1", ...wrong.container } as Container;
    const mount = { source: "/etc/hosts", destination: "/x", ...wrong.mount } as Mount;
    const options = { random: wrong.random ?? random };
    const error = await requestError(share.shareFile(container, mount, options));
    assert.deepEqual([error.code, error.path], [code, path]);
    assert.match(error.message, new RegExp(`^Cannot plan ${path.replace(/[.[\]]/g, "\\$&")}[ :]`));
    if (wrong.sandbox) assert.equal((await requestError(share.prepare())).path, path);
    if (wrong.sandbox) assert.equal((await requestError(share.cleanup())).path, path);
    assert.deepEqual(counted.log, []);
    assert.deepEqual(stateOf(scratch.path), before);
  });
}

for (const hostPath of [
  "/etc/hosts",
  "x",
  "",
  "sandbox-mounts/../x",
  "mounts/a/b",
  "mounts/..",
  "mounts/",
  "shared/a",
]) {
  mountTest(
    `unsharing ${JSON.stringify(hostPath)} is refused: it is not directly in the hub`,
    async (scratch) => {
      const share = scratch.share();
      await share.prepare();
      const before = stateOf(scratch.path);
      const path =
        hostPath.includes("/") && !hostPath.startsWith("/") ? `${scratch.inSandbox()}/${hostPath}` : hostPath;
      const error = await requestError(
        share.unshareFile({ id: "c1" }, { destination: "/x", hostPath: path }),
      );
      assert.deepEqual([error.code, error.path], ["outside-sandbox", "mount.hostPath"]);
      assert.deepEqual(stateOf(scratch.path), before);
    },
  );
}
