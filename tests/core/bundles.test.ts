import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { type Container, type ContainerPlan, containerOf, load } from "../../mod.ts";
import { bundles } from "../support/bundles/tools-expected.ts";
import { packageRoot } from "../support/package-root.ts";

// Bundles as tools wrote them once: fixtures/bundles/README.md says how.

const core = await load();
const directory = join(packageRoot, "tests/fixtures/bundles");
const hub = "/run/kata-containers/shared/sandboxes/s1/mounts";
const guest = "/run/kata-containers/shared/containers";

test("each bundle that was kept is tested", () => {
  const kept = readdirSync(directory).filter((name) => name.endsWith(".json"));
  assert.deepEqual(
    kept.sort(),
    Object.keys(bundles)
      .map((name) => `${name}.json`)
      .sort(),
  );
});

for (const [name, { outcomes, binds }] of Object.entries(bundles)) {
  test(`the bundle ${name} is planned: what becomes of each mount, and what is bound`, () => {
    const container = containerOf(readFileSync(join(directory, `${name}.json`), "utf8"), {
      ...{ id: "c1", bundle: "/srv/example/bundle" },
    });
    const plan = planOf(container);
    assert.deepEqual(outcomesOf(plan), outcomes);
    assert.deepEqual(bindsOf(plan), binds);
    assert.deepEqual([plan.rootPath, plan.storages], [`${guest}/c1/rootfs`, []]);
    assertForGuest(container, plan);
  });
}

function planOf(container: Container): ContainerPlan {
  const random = (container.mounts ?? []).map((_, at) => at.toString(16).padStart(16, "0"));
  return core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random });
}

function outcomesOf({ outcomes }: ContainerPlan): Record<string, string> {
  const found: Record<string, string> = {};
  for (const { destination, kind, reason } of outcomes) {
    const before = found[`${kind} ${reason}`];
    found[`${kind} ${reason}`] = before === undefined ? destination : `${before} ${destination}`;
  }
  return found;
}

function bindsOf({ steps }: ContainerPlan): string[] {
  return steps.flatMap((step) => {
    if (step.op !== "bind") return [];
    assert.ok(step.target.startsWith(`${hub}/`), step.target);
    const { uidMappings = [], gidMappings = [] } = step;
    assert.deepEqual(uidMappings, gidMappings);
    const runs = uidMappings.map(({ containerID, hostID, size }) => `${containerID}:${hostID}:${size}`);
    return [[step.source, step.recursive ? "rbind" : "bind", ...step.attributes, ...runs].join(" ")];
  });
}

// All mounts stay, in their order; those that are shared come from the guest's side, and nobody maps ids twice.
function assertForGuest({ mounts = [] }: Container, { mounts: rewritten, outcomes }: ContainerPlan): void {
  const destinations = (list: readonly { destination: string }[]) =>
    list.map(({ destination }) => destination);
  assert.deepEqual(destinations(rewritten), destinations(mounts));
  for (const [at, { kind, shared }] of outcomes.entries()) {
    const source = rewritten[at]?.source ?? "";
    if (kind === "shared") assert.equal(source, shared?.guestPath);
    if (kind === "shared") assert.ok(source.startsWith(`${guest}/sandbox-`), source);
    if (kind === "guest") assert.deepEqual(rewritten[at], mounts[at]);
    assert.ok(!rewritten[at]?.options?.includes("idmap"));
  }
}
