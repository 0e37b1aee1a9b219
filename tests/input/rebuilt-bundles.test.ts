import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type ContainerPlan, containerOf, load, type Sandbox, withPodBundle } from "../../mod.ts";
import { rebuiltBundles } from "../support/bundles/rebuilt-expected.ts";
import { packageRoot } from "../support/package-root.ts";

// Bundles of tools that no distribution brings, rebuilt from their code: fixtures/bundles/README.md says from which.

const core = await load();
const directory = join(packageRoot, "tests/fixtures/bundles/rebuilt");
const MiB = 1024 * 1024;

function read(name: string): string {
  return readFileSync(join(directory, `${name}.json`), "utf8");
}

test("each bundle that was rebuilt is tested", () => {
  const names = readdirSync(directory).map((file) => file.replace(/\.json$/, ""));
  assert.deepEqual(names.sort(), Object.keys(rebuiltBundles).sort());
});

for (const [name, { pod, shmSize, outcomes, binds, storages, readonlyRootfs }] of Object.entries(
  rebuiltBundles,
)) {
  test(`the bundle ${name} is loaded and planned, in the sandbox of its pod`, () => {
    const sandbox = withPodBundle({ id: "s1" }, read(pod ?? name), { sizeOf: () => 96 * MiB });
    assert.equal((sandbox.shmSize ?? 0) / MiB, shmSize);
    const plan = planOf(read(name), sandbox);
    assert.deepEqual(outcomesOf(plan), outcomes);
    assert.deepEqual(bindsOf(plan), binds);
    assert.deepEqual(
      plan.storages.map(({ driver, mountPoint }) => `${driver} ${short(mountPoint)}`),
      storages ?? [],
    );
    assert.equal(plan.readonlyRootfs, readonlyRootfs);
  });
}

test("where nothing is shared the same bundles are planned too: binds are copied, unless ids are mapped", () => {
  for (const name of Object.keys(rebuiltBundles)) {
    const sandbox: Sandbox = { id: "s1", sharedFs: "none", forceGuestPull: true };
    const config = JSON.parse(read(name)) as { annotations?: Readonly<Record<string, string>> };
    const image = { "io.kubernetes.cri.image-name": "registry.example/web:1" };
    const bundle = { ...config, annotations: { ...image, ...config.annotations } };
    if (name.endsWith("-userns")) {
      assert.throws(() => planOf(bundle, sandbox), { code: "needs-sharing" });
      continue;
    }
    const plan = planOf(bundle, sandbox);
    const kinds = new Set(plan.outcomes.map(({ kind }) => kind));
    kinds.delete("shm");
    assert.deepEqual([...kinds].sort(), ["copied", "guest"], name);
  }
});

test("the bundle of a pod's container says nothing of the sandbox", () => {
  const pods = Object.entries(rebuiltBundles).filter(([, { pod }]) => pod !== undefined);
  for (const [name] of pods) {
    assert.throws(() => withPodBundle({ id: "s1" }, read(name)), { code: "not-the-pods-own" });
  }
});

function planOf(config: string | object, sandbox: Sandbox): ContainerPlan {
  const container = containerOf(config, { id: "c1", bundle: "/srv/example/bundle" });
  const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
  return core.plan({ op: "shareContainer", sandbox, container, random });
}

// Of each kind and reason the destinations, with what covers them and which options they do not get.
function outcomesOf({ outcomes }: ContainerPlan): Record<string, string> {
  const found: Record<string, string[]> = {};
  for (const { destination, kind, reason, coveredBy, ignoredOptions } of outcomes) {
    const covered = coveredBy === undefined ? "" : `<${coveredBy}`;
    const ignored = ignoredOptions === undefined ? "" : `!${ignoredOptions}`;
    found[`${kind} ${reason}`] ??= [];
    found[`${kind} ${reason}`]?.push(destination + covered + ignored);
  }
  return Object.fromEntries(Object.entries(found).map(([why, places]) => [why, places.join(" ")]));
}

function bindsOf({ steps }: ContainerPlan): string[] {
  return steps.flatMap((step) => {
    if (step.op !== "bind") return [];
    const runs = (step.uidMappings ?? []).map(
      ({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`,
    );
    return [[short(step.source), step.recursive ? "rbind" : "bind", ...step.attributes, ...runs].join(" ")];
  });
}

function short(path: string): string {
  return path.replace(/(?:0123456789abcdef){4}/g, "ID").replace(/(?:fedcba9876543210){4}/g, "POD");
}
