import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readMountinfo, tableLines } from "../../table/mod.ts";
import { commandHere, terminalHere } from "../support/cli/command-here.ts";
import { binary } from "../support/cli/run-command.ts";
import { runScript } from "../support/cli/run-script.ts";
import { mount } from "../support/mounts.ts";
import { mountTest, type Scratch } from "../support/scratch.ts";

// `guestshare plan --format sh` and `--format oci`.

function bundleIn(scratch: Scratch, options = ["bind", "ro"]): string {
  scratch.directory("web/rootfs");
  const mounts = [
    { destination: "/proc", type: "proc", source: "proc" },
    { destination: "/a", type: "bind", source: scratch.directory("a"), options },
  ];
  writeFileSync(
    join(scratch.path, "web/config.json"),
    JSON.stringify({ root: { path: "rootfs", readonly: true }, mounts }),
  );
  return join(scratch.path, "web");
}

mountTest("a plan as a script makes what apply makes, and nothing where that is made", async (scratch) => {
  const bundle = bundleIn(scratch);
  const words = ["--id", "s1", "--host-dir", scratch.hostDir, bundle];
  const script = await commandHere(["plan", "--format", "sh", ...words]);
  assert.equal(script.exitCode, 0, script.stderr);
  assert.deepEqual(runScript("sh", script.stdout), { exitCode: 0, stdout: "", stderr: "" });
  const made = await commandHere(["plan", "--exit-code", ...words]);
  assert.deepEqual(
    [made.exitCode, /\nNothing to do: \d+ unchanged\.\n$/.test(made.stdout)],
    [0, true],
    made.stdout,
  );
  const nothing = (await commandHere(["plan", "--format", "sh", ...words])).stdout;
  assert.doesNotMatch(nothing, /^step='[1-9]/m);
  assert.equal(runScript("sh", nothing).exitCode, 0);
  assert.equal((await commandHere(["cleanup", "--id", "s1", "--host-dir", scratch.hostDir])).exitCode, 0);
});

mountTest(
  "a plan that a script cannot do as a whole is refused, in a pipe and in a terminal",
  async (scratch) => {
    const request = {
      ...{ op: "shareFile", sandbox: scratch.sandbox(), container: { id: "c1" }, random: "0123456789abcdef" },
      mount: {
        ...{ source: scratch.file("a"), destination: "/a", options: ["idmap"] },
        ...{
          uidMappings: [{ containerID: 0, hostID: 7, size: 1 }],
          gidMappings: [{ containerID: 0, hostID: 7, size: 1 }],
        },
      },
    };
    mount("--make-private", scratch.path);
    const file = scratch.file("request.json", JSON.stringify(request));
    const words = ["plan", "--offline", "--format", "sh", file];
    const said = new RegExp(
      "^guestshare: Cannot write step \\d+ \\(bind .*-a\\) for a shell: an idmapped mount takes util-linux 2\\.39.*\n" +
        "  why:  the script could do only a part of the plan\n  next: `guestshare apply` does the whole of it\n$",
    );
    const piped = await commandHere(words);
    assert.deepEqual([piped.exitCode, piped.stdout], [1, ""]);
    assert.match(piped.stderr, said);
    assert.match((await terminalHere(words)).stdout, said);
  },
);

mountTest("a plan as an OCI fragment has what the agent gets", async (scratch) => {
  const words = ["--id", "s1", "--host-dir", scratch.hostDir];
  const { stdout } = await commandHere(["plan", "--format", "oci", ...words, bundleIn(scratch)]);
  const fragment = JSON.parse(stdout);
  assert.deepEqual(Object.keys(fragment), ["schemaVersion", "root", "mounts", "storages", "sandboxStorages"]);
  assert.deepEqual(fragment.root, {
    path: "/run/kata-containers/shared/containers/web/rootfs",
    readonly: true,
  });
  assert.deepEqual(fragment.mounts[0], { destination: "/proc", type: "proc", source: "proc" });
  const refused = await commandHere(["plan", "--format", "oci", ...words, "-v", scratch.path]);
  assert.equal(refused.exitCode, 64);
  assert.match(
    refused.stderr,
    /^guestshare: Cannot print an OCI fragment\n {2}why: {2}the plan shares no container\n/,
  );
});

// The mount table of a namespace of its own, where a command has made something of the bundle.
function tableAfter(propagation: string, setting: string, command: string): string[] {
  const words = binary.map((word) => `'${word}'`).join(" ");
  const script = `set -e\nguestshare() { ${words} "$@"; }\n${setting}\n${command}\ncat /proc/self/mountinfo`;
  const args = ["-m", "--propagation", propagation, "sh", "-c", script];
  const { status, stdout, stderr } = spawnSync("unshare", args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return tableLines(readMountinfo(stdout).mounts).map((line) => line.replace(/[0-9a-f]{16}/g, "<digits>"));
}

for (const propagation of ["private", "shared"])
  mountTest(
    `a script and apply, each in a namespace that is ${propagation}, leave the same mount table`,
    (scratch) => {
      const words = `--id s1 --host-dir ${scratch.hostDir} ${bundleIn(scratch, ["rbind", "ro"])}`;
      const setting = `
      mount -t tmpfs sandboxes ${scratch.hostDir}
      mount -t tmpfs -o noatime below ${scratch.directory("a/below")}
      mount -t proc proc ${scratch.directory("a/proc")}`;
      const byScript = tableAfter(propagation, setting, `guestshare plan --format sh ${words} | sh`);
      const byApply = tableAfter(propagation, setting, `guestshare apply --yes ${words} >/dev/null`);
      assert.deepEqual(byScript, byApply);
      assert.ok(
        byScript.some((line) => /\/s1\/shared\/\S+-a\/below .* ro noatime master:/.test(line)),
        byScript.join("\n"),
      );
    },
  );
