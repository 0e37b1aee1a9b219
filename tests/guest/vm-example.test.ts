// The example that starts a machine, on Node and on Deno.
import assert from "node:assert/strict";
import { copyFileSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { execPath } from "node:process";
import { Child } from "../support/child.ts";
import { packageRoot } from "../support/package-root.ts";
import { denoPath, findTool } from "../support/runner/tools.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";
import { machinesLeft } from "./support/guest-test.ts";

// A file that is added is there a second after the guest has looked for it in vain.
const program = `
cat /etc/hosts /config/greeting
echo from the guest >/data/file
echo x >/etc/hosts
df /cache | tail -n 1 | cut -d ' ' -f 1
until [ -s /live ]; do sleep 1; done
cat /live
echo x >/live
exit 7
`;

/** A bundle of one's own: busybox, two binds, a tmpfs, a configmap, and a file that is there for a share to come. */
function makeBundle(scratch: Scratch): string {
  const bundle = scratch.directory("web");
  copyFileSync(findTool("busybox") as string, scratch.file("web/rootfs/bin/busybox", "", 0o755));
  for (const name of ["sh", "cat", "df", "tail", "cut", "sleep"])
    symlinkSync("busybox", `${bundle}/rootfs/bin/${name}`);
  scratch.file("web/rootfs/live", "");
  scratch.file("map/..2026/greeting", "hello\n");
  symlinkSync("..2026", `${scratch.path}/map/..data`);
  symlinkSync("..data/greeting", `${scratch.path}/map/greeting`);
  const bind = (destination: string, source: string, mode: string) => ({
    ...{ destination, source, type: "bind", options: ["rbind", mode] },
  });
  const mounts = [
    ...[{ destination: "/proc", type: "proc", source: "proc" }],
    ...[{ destination: "/cache", type: "tmpfs", source: "tmpfs", options: ["size=1m"] }],
    bind("/etc/hosts", scratch.file("hosts", "127.0.0.1 localhost\n"), "ro"),
    bind("/data", scratch.directory("data"), "rw"),
    bind("/config", `${scratch.path}/map`, "ro"),
  ];
  const process = { args: ["sh", "-c", program], cwd: "/", env: ["PATH=/bin"], user: { uid: 0, gid: 0 } };
  scratch.file(
    "web/config.json",
    JSON.stringify({ ociVersion: "1.0.2", root: { path: "rootfs" }, process, mounts }),
  );
  return bundle;
}

const runtimes: Readonly<Record<string, readonly [string, ...string[]]>> = {
  node: [execPath, "--enable-source-maps", join(packageRoot, "dist/examples/vm.js")],
  deno: [denoPath() ?? "", "run", "-A", "--no-check", join(packageRoot, "examples/vm.ts")],
};

for (const [name, command] of Object.entries(runtimes)) {
  mountTest(
    `examples/vm.ts runs a bundle in a machine on ${name}, and adds a file to it`,
    async (scratch) => {
      const live = scratch.file("live", "it came later\n");
      const child = new Child([...command, makeBundle(scratch), `${live}:/live`]);
      const { code, stdout, stderr } = await child.end();
      const expected = "127.0.0.1 localhost\nhello\ntmpfs\nit came later\n";
      assert.deepEqual([code, stdout], [7, expected], stderr);
      assert.equal(readFileSync(`${scratch.path}/data/file`, "utf8"), "from the guest\n");
      assert.equal(readFileSync(`${scratch.path}/hosts`, "utf8"), "127.0.0.1 localhost\n");
      assert.equal(readFileSync(live, "utf8"), "it came later\n");
      assert.deepEqual(machinesLeft(), []);
      assert.deepEqual(readdirSync("/run/guestshare"), []);
    },
    { skip: name === "deno" && !denoPath() && "deno is not installed" },
  );
}
