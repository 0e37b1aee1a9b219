import assert from "node:assert/strict";
import { test } from "node:test";
import { shellScript } from "../../cli/print/shell.ts";
import { ShellError } from "../../cli/print/shell-step.ts";
import { loadSync, type PlanRequest, type Step } from "../../mod.ts";

// Steps that no command of util-linux can perform.

const core = loadSync();
const container = { id: "c1" };
const random = "0123456789abcdef";
const mount = { source: "/srv/a", destination: "/a" };
const mappings = [{ hostID: 1000, containerID: 0, size: 1 }];

const rows: readonly { request: PlanRequest; op: Step["op"]; reason: RegExp }[] = [
  {
    request: {
      ...{ op: "shareFile", sandbox: { id: "s1" }, container, random },
      mount: { ...mount, options: ["idmap"], uidMappings: mappings, gidMappings: mappings },
    },
    op: "bind",
    reason: /^Cannot write step 1 \(bind \/run\/.*-a\) for a shell: an idmapped mount takes util-linux 2\.39/,
  },
  {
    request: { op: "shareFile", sandbox: { id: "s1", sharedFs: "none" }, container, mount, random },
    op: "copy",
    reason: /^Cannot write step 1 \(copy \/run\/.*-a\) for a shell: only the guest's agent/,
  },
  {
    request: {
      ...{ op: "shareRootFilesystem", sandbox: { id: "s1", sharedFs: "virtio-fs-nydus" } },
      container: {
        id: "c1",
        rootFs: {
          ...{ type: "fuse.nydus-overlayfs", source: "overlay", target: "/run/c1/rootfs" },
          options: [
            `extraoption=${btoa(JSON.stringify({ source: "/boot", config: '{"device":{}}', snapshotdir: "/snap", fs_version: "6" }))}`,
          ],
        },
      },
    },
    op: "rafsMount",
    reason: /^Cannot write step 1 \(rafsMount .*\) for a shell: only nydusd/,
  },
];

for (const { request, op, reason } of rows)
  test(`a plan with a step ${op} that a shell cannot perform is refused by that step`, () => {
    const plan = core.plan(request);
    assert.throws(
      () => shellScript([plan]),
      (error) => {
        assert.ok(error instanceof ShellError);
        assert.match(error.message, reason);
        assert.equal(error.step, plan.steps[error.number - 1]);
        assert.equal(error.step.op, op);
        return true;
      },
    );
  });
