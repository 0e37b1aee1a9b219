import assert from "node:assert/strict";
import { posix } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { type ContainerPlan, load, type Mount, RequestError } from "../../mod.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { rounds } from "../support/sample.ts";

// What holds for every container that is shared.

const core = await load();
type Request = {
  op: string;
  container: { id: string; mounts?: Mount[] };
  random: string[];
  held?: { name: string }[];
};

const anyContainerRequest = anyRequest.filter(
  ({ op }) => op === "shareContainer",
) as unknown as fc.Arbitrary<Request>;

function holds(check: (plan: ContainerPlan, request: Request) => void): void {
  const runs = rounds(2000, 250);
  let planned = 0;
  fc.assert(
    fc.property(anyContainerRequest, (request) => {
      const plan = planOf(request);
      if (!plan) return;
      planned += 1;
      check(plan, JSON.parse(JSON.stringify(request)));
    }),
    { numRuns: runs },
  );
  assert.ok(planned > runs / 5, `only ${planned} of ${runs} were planned`);
}

function planOf(request: Request): ContainerPlan | undefined {
  try {
    return core.plan(request as never) as ContainerPlan;
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

const dropped = ["layer", "ignored"];

test("each mount has one outcome, in order, and a mount for the guest unless it is a layer or ignored", () => {
  holds(({ outcomes, mounts }, { container }) => {
    assert.deepEqual(
      outcomes.map(({ destination }) => destination),
      (container.mounts ?? []).map(({ destination }) => destination),
    );
    assert.deepEqual(
      mounts.map(({ destination }) => destination),
      outcomes.filter(({ kind }) => !dropped.includes(kind)).map(({ destination }) => destination),
    );
  });
});

test("a mount's source for the guest is where its outcome has it; what the guest makes stays as it is", () => {
  holds(({ outcomes, mounts }, { container }) => {
    // Two mounts may have one destination.
    const all = outcomes.map((outcome, at) => ({ ...outcome, before: container.mounts?.[at] }));
    const kept = all.filter(({ kind }) => !dropped.includes(kind));
    for (const [i, { kind, shared, before }] of kept.entries()) {
      if (kind === "guest") assert.deepEqual(mounts[i], ociOf(before as Mount));
      else if (kind === "watchable") assert.equal(mounts[i]?.source, shared?.storages[0]?.mountPoint);
      else if (shared) assert.equal(mounts[i]?.source, shared.guestPath);
      else assert.equal(mounts[i]?.source, "shm");
    }
  });
});

function ociOf(mount: Mount): object {
  const { destination, type, source, options, uidMappings, gidMappings } = mount;
  const all = { destination, type, source, options, uidMappings, gidMappings };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

// Kata's createContainer: layers, the root filesystem's, watchable, ephemeral, hugepages, local, disks. Then the directories
// that are asked for in what those made.
test("storages come in the agent's order", () => {
  holds(({ storages, outcomes, rootPath }) => {
    const of = (kind: string) => outcomes.filter((outcome) => outcome.kind === kind);
    const layers = storages.slice(0, of("layer").length);
    assert.deepEqual(
      layers.map(({ mountPoint }) => mountPoint),
      of("layer").map(({ destination }) => destination),
    );
    const volumes = ["watchable", "ephemeral", "hugepages", "local", "block"].flatMap((kind) =>
      of(kind).flatMap(({ shared }) => shared?.storages[0] ?? []),
    );
    const inner = outcomes.flatMap(({ shared }) => shared?.storages.slice(1) ?? []);
    const rest = [...volumes, ...inner];
    const root = storages.slice(layers.length, storages.length - rest.length);
    assert.deepEqual(storages.slice(layers.length + root.length), rest);
    if (root.length > 0) assert.ok(rootPath.startsWith(root.at(-1)?.mountPoint ?? ""));
  });
});

test("a directory that is asked for in a volume of the guest's is made there, where the container gets it from", () => {
  holds(({ outcomes }) => {
    for (const { shared } of outcomes) {
      const [volume, directory, ...more] = shared?.storages ?? [];
      assert.deepEqual(more, []);
      if (!volume || !directory) continue;
      assert.deepEqual([directory.driver, directory.mountPoint], ["local", shared?.guestPath]);
      assert.ok(directory.mountPoint.startsWith(`${volume.mountPoint}/`));
    }
  });
});

test("each watched mount has a mount point of its own, named by the container and the mount's digits", () => {
  holds(({ outcomes }, { container, random }) => {
    for (const [i, { kind, shared }] of outcomes.entries()) {
      if (kind !== "watchable") continue;
      const mountPoint = shared?.storages[0]?.mountPoint ?? "";
      const name = mountPoint.slice(mountPoint.lastIndexOf("/watchable/") + "/watchable/".length);
      assert.ok(name.startsWith(`${container.id}-${random[i]}-`), name);
    }
  });
});

test("each share of the plan has one bind in it, or is one that the hub holds", () => {
  holds(({ steps, outcomes, directory }, { held = [] }) => {
    const targets = steps.flatMap((step) => (step.op === "bind" ? [step.target] : []));
    assert.equal(new Set(targets).size, targets.length);
    const ofHub = held.map(({ name }) => `${directory}/mounts/${name}`);
    const shared = outcomes.flatMap((outcome) => outcome.shared?.hostPath ?? []);
    for (const path of shared) assert.ok(targets.includes(path) || ofHub.includes(path), path);
  });
});

test("each share is used by the container before it is mounted, and nothing else is used", () => {
  holds(({ steps, outcomes, directory }) => {
    const uses = steps.flatMap((step) => (step.op === "use" ? [step.path.split("/").at(-2) ?? ""] : []));
    const shared = outcomes.flatMap(
      ({ shared }) => shared?.hostPath?.slice(`${directory}/mounts/`.length) ?? [],
    );
    assert.deepEqual([...uses].sort(), [...new Set(shared)].sort());
    for (const [i, step] of steps.entries()) {
      const name = step.op === "bind" ? step.target.slice(`${directory}/mounts/`.length) : "";
      if (name.startsWith("sandbox-"))
        assert.ok(steps.slice(0, i).some((use) => use.op === "use" && use.path.includes(name)));
    }
  });
});

test("what hides a mount in the end is the last one after it, at its destination or above it", () => {
  const destination = fc
    .array(fc.constantFrom("a", "b", "a-b", ".", ".."), { maxLength: 4 })
    .map((names) => `/${names.join("/")}`);
  fc.assert(
    fc.property(fc.array(destination, { maxLength: 12 }), (destinations) => {
      const mounts = destinations.map((destination) => ({ destination, type: "tmpfs" }));
      const random = mounts.map((_, i) => String(i).padStart(16, "0"));
      const container = { id: "c1", rootFs: { target: "/r" }, mounts };
      const { outcomes } = core.plan({ op: "shareContainer", sandbox: { id: "s1" }, container, random });
      const paths = destinations.map((path) => `${posix.resolve(path)}/`.replace("//", "/"));
      const last = paths.map((path, i) => paths.findLastIndex((top, at) => at > i && path.startsWith(top)));
      assert.deepEqual(
        outcomes.map(({ coveredBy }) => coveredBy ?? -1),
        last,
      );
    }),
    { numRuns: rounds(2000, 300) },
  );
});

test("two mounts of one identity with the same words are one share", () => {
  holds(({ outcomes }, { container }) => {
    const shares = new Map<string, string>();
    for (const [i, { kind, shared }] of outcomes.entries()) {
      const { facts, options = [], readOnly, uidMappings } = (container.mounts ?? [])[i] as Mount;
      const isOwn = uidMappings || options.some((word) => /^rno/.test(word) || /idmap/.test(word));
      if (kind !== "shared" || !facts?.identity || isOwn) continue;
      const key = JSON.stringify([facts.identity, facts.attributes, [...options].sort(), readOnly]);
      assert.equal(shares.get(key) ?? shared?.guestPath, shared?.guestPath);
      shares.set(key, shared?.guestPath ?? "");
    }
  });
});
