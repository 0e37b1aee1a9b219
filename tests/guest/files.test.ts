import assert from "node:assert/strict";
import { Child } from "../support/child.ts";
import { commandOf } from "../support/runtimes.ts";
import { random } from "../support/scratch.ts";
import { assertReadOnly, assertSame, assertWritable } from "./support/checks.ts";
import { guestTest, inGuest } from "./support/guest-test.ts";
import { oddTree } from "./support/odd-tree.ts";

guestTest(
  "the guest sees directories, files and sandbox bind mounts as they are, and writes only where it may",
  async ({ scratch, share, storages, boot }) => {
    const { guest, agent } = await boot();
    await agent.add(storages);
    const sources = {
      directory: oddTree(scratch, "tree"),
      file: scratch.file("some.conf", "a = b\n", 0o640),
    };
    const shareAs = async (kind: string, source: string, word: string) => {
      const mount = { destination: `/${kind}-${word}`, source, options: ["rbind", word] };
      const shared = await share.shareFile({ id: "c1" }, mount);
      await assertSame(guest, shared?.guestPath as string, source);
      return shared?.guestPath as string;
    };
    for (const [kind, source] of Object.entries(sources)) await shareAs(kind, source, "ro");
    for (const name of ["certs", "odd certs"])
      await assertSame(guest, `${inGuest}/sandbox-mounts/${name}`, `${scratch.path}/${name}`);
    // Up to now, all that is shared is read-only, down from the top.
    await assertSame(guest, inGuest, scratch.inSandbox("shared"));
    const modes = (await guest.tree(inGuest)).flatMap(({ name, mode }) =>
      name === "." || name === "./sandbox-mounts" ? [mode] : [],
    );
    assert.deepEqual(modes, ["0750", "0750"]); // Kata's own
    await assertReadOnly(guest, inGuest, scratch.inSandbox("shared"));
    for (const [kind, source] of Object.entries(sources))
      await assertWritable(guest, await shareAs(kind, source, "rw"), source);
  },
  {
    sandbox: (scratch) => {
      scratch.file("certs/ca.pem", "-----BEGIN", 0o444);
      return { sandboxBindMounts: [`${scratch.path}/certs`, oddTree(scratch, "odd certs")] };
    },
  },
);

guestTest("what Deno shares, the guest sees", async ({ scratch, storages, boot }) => {
  const { guest, agent } = await boot();
  await agent.add(storages);
  const source = oddTree(scratch, "tree");
  const sandbox = scratch.sandbox({ guestDir: inGuest });
  const mount = { destination: "/x", source, options: ["ro"] };
  const deno = new Child(commandOf("obey", "deno"));
  await deno.line(); // it is ready
  deno.send(JSON.stringify({ sandbox, calls: [["shareFile", { id: "c1" }, mount, { random }]] }));
  assert.deepEqual(JSON.parse(await deno.line()), [{ end: "ok" }]);
  await assertSame(guest, `${inGuest}/c1-${random}-x`, source);
  await assertReadOnly(guest, `${inGuest}/c1-${random}-x`, source);
  await deno.end();
});
