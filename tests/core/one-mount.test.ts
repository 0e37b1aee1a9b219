import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Container, load, type Mount, type Step } from "../../mod.ts";
import { askedBy, Hub } from "../support/arbitrary/orders-of-containers.ts";
import { rounds } from "../support/sample.ts";

// Containers come and go in any order; a mount of theirs is in the hub exactly as long as one of them uses it.

const core = await load();
const sandbox = { id: "s1" };
const directory = "/run/kata-containers/shared/sandboxes/s1";
// Two paths lead to one directory.
const identities: Readonly<Record<string, string>> = {
  "/a": "0:1",
  "/b": "0:2",
  "/link": "0:1",
  "/c/\u00e9": "0:3",
};
const identityOf = (source: string) => identities[source] ?? "";

const words = ["ro", "rro", "rw", "nosuid", "rnosuid", "nodev", "noatime", "rslave", "rbind"];
const mount = fc.record({
  source: fc.constantFrom(...Object.keys(identities)),
  options: fc.oneof(
    fc.constantFrom<string[]>(["rbind", "ro"], ["ro"], []),
    fc.subarray(words, { maxLength: 3 }),
  ),
  readOnly: fc.boolean(),
});
const operation = fc.record({
  id: fc.constantFrom("c1", "c2", "c3", "c4"),
  mounts: fc.array(mount, { maxLength: 4 }),
  failsAfter: fc.oneof({ weight: 4, arbitrary: fc.constant(Number.POSITIVE_INFINITY) }, fc.nat({ max: 12 })),
});

class World {
  readonly hub: Hub = new Hub(directory, identityOf);
  readonly running: Map<string, { container: Container; hostPaths: string[] }> = new Map();
  #rolls = 0;

  share(id: string, mounts: readonly Omit<Mount, "destination">[], failsAfter: number): void {
    const container: Container = {
      id,
      rootFs: { target: "/r" },
      mounts: mounts.map((each, i) => ({
        ...each,
        destination: `/${i}`,
        facts: { identity: identityOf(each.source ?? "") },
      })),
    };
    const random = mounts.map(() => (this.#rolls++).toString(16).padStart(16, "0"));
    const plan = core.plan({ op: "shareContainer", sandbox, container, random, held: this.hub.held() });
    const hostPaths = plan.outcomes.map(({ shared }) => shared?.hostPath ?? "");
    if (this.#obey(plan.steps, failsAfter)) this.running.set(id, { container, hostPaths });
  }

  // What fails is undone, backwards, but for what was there before.
  #obey(steps: readonly Step[], failsAfter: number): boolean {
    const before = this.hub.state();
    const undo: Step[] = [];
    for (const [i, step] of steps.entries()) {
      if (i === failsAfter) {
        for (const back of undo) this.hub.obey(back);
        assert.equal(this.hub.state(), before);
        return false;
      }
      if (this.hub.obey(step)) undo.unshift(...step.undo);
    }
    return true;
  }

  unshare(id: string): void {
    const container = this.running.get(id)?.container ?? { id };
    for (const step of core.plan({ op: "unshareContainer", sandbox, container, held: this.hub.held() })
      .steps) {
      assert.deepEqual(step.undo, []);
      this.hub.obey(step);
    }
    this.running.delete(id);
  }

  check(): void {
    const used = new Map<string, Set<string>>();
    for (const [id, { container, hostPaths }] of this.running) {
      used.set(`${directory}/mounts/${id}/rootfs`, new Set([id]));
      for (const [i, path] of hostPaths.entries()) {
        used.set(path, new Set([...(used.get(path) ?? []), id]));
        this.#checkMount(path, container.mounts?.[i] as Mount);
      }
    }
    assert.deepEqual([...this.hub.mounts.keys()].sort(), [...used.keys()].sort());
    for (const [name, { containers }] of this.hub.users)
      assert.deepEqual([...containers].sort(), [...(used.get(`${directory}/mounts/${name}`) ?? [])].sort());
  }

  // It may have been made for another one, who asked for the same in other words.
  #checkMount(path: string, asked: Mount): void {
    const mounted = this.hub.mounts.get(path);
    assert.ok(mounted, path);
    assert.equal(identityOf(mounted.source), identityOf(asked.source ?? ""));
    assert.equal(mounted.recursive, asked.options?.includes("rbind") ?? false);
    assert.deepEqual([...mounted.attributes].sort(), askedBy(asked));
  }
}

test("a mount is in the hub exactly as long as a container uses it, whatever their order", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 16 }), (operations) => {
      const world = new World();
      for (const { id, mounts, failsAfter } of operations) {
        if (world.running.has(id)) world.unshare(id);
        else world.share(id, mounts, failsAfter);
        world.check();
      }
      for (const id of world.running.keys()) world.unshare(id);
      world.check();
      assert.deepEqual([world.hub.mounts.size, world.hub.users.size], [0, 0]);
    }),
    { numRuns: rounds(2000, 500) },
  );
});

test("unsharing twice changes nothing more", () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 2, maxLength: 6 }), (operations) => {
      const world = new World();
      for (const { id, mounts } of operations) {
        if (!world.running.has(id)) world.share(id, mounts, Number.POSITIVE_INFINITY);
      }
      const id = operations[0]?.id ?? "";
      world.unshare(id);
      const before = world.hub.state();
      world.unshare(id);
      assert.equal(world.hub.state(), before);
      world.check();
    }),
  );
});

test("a container that is shared a second time uses what it used before", () => {
  fc.assert(
    fc.property(fc.array(mount, { maxLength: 4 }), (all) => {
      // What nobody else gets is made anew each time.
      const mounts = all.filter(({ options }) => !options.includes("rnosuid"));
      const world = new World();
      world.share("c1", mounts, Number.POSITIVE_INFINITY);
      const before = world.hub.state();
      world.share("c1", mounts, Number.POSITIVE_INFINITY);
      assert.equal(world.hub.state(), before);
      world.check();
    }),
  );
});
