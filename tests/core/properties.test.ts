import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { load, type Plan, type PlanRequest, RequestError, type Step } from "../../mod.ts";
import { anyRequest, sandboxDirectory } from "../support/arbitrary/requests.ts";
import { isName } from "../support/arbitrary/texts.ts";
import { answerOf } from "../support/fixtures/rows.ts";
import { rounds } from "../support/sample.ts";

const core = await load();
const numRuns = rounds(3000, 300);

/** The plan of a request; undefined where it is refused. */
function planned(request: unknown): Plan | undefined {
  try {
    return core.plan(request as PlanRequest);
  } catch (error) {
    if (error instanceof RequestError) return undefined;
    throw error;
  }
}

/** The steps of a plan and those that take them back. */
function everyStep(steps: readonly Step[]): Step[] {
  return steps.flatMap((step) => [step, ...everyStep(step.undo)]);
}

/** Where on the host a step changes something; undefined where it is in the guest. */
function placeOf(step: Step): string | undefined {
  if ("target" in step) return step.target;
  return "path" in step ? step.path : undefined;
}

test("nothing is made, mounted or removed outside the sandbox's directory", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const plan = planned(request);
      if (!plan) return;
      assert.equal(plan.directory, sandboxDirectory(request.sandbox as Record<string, unknown>));
      for (const place of everyStep(plan.steps).map(placeOf)) {
        if (place !== undefined && request.op === "mend") assertInside(plan.directory, place);
        else if (place !== undefined) assertWithin(plan.directory, place);
      }
    }),
    { numRuns },
  );
});

// What is mended may be anywhere in the directory: others may have mounted something there.
function assertInside(directory: string, place: string): void {
  const names = place.slice(directory.length).split("/").slice(1);
  assert.ok(place.startsWith(directory) && names.every(isName), place);
}

function assertWithin(directory: string, place: string): void {
  if (place === directory) return;
  assert.ok(place.startsWith(`${directory}/`), place);
  const names = place.slice(directory.length + 1).split("/");
  assert.ok(names.every(isName), place);
  // mounts/<share>, mounts/sandbox-mounts/<name>, mounts/<container>/<suffix>, mounts/.users/<share>/<container>
  assert.ok(names.length <= (names[1] === ".users" ? 4 : 3), place);
  assert.ok(["mounts", "shared", "staging", "namespace"].includes(names[0] ?? ""), place);
}

test("a share is where the guest looks for it: in the hub under the name that its guest path has", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const plan = planned(request);
      if (!plan?.shared) return;
      const { guestPath, hostPath } = plan.shared;
      const names = guestPath.split("/").slice(1);
      // The guest's own directory may have names of any length.
      const given = String((request.sandbox as { guestDir?: string }).guestDir ?? "").split("/");
      assert.ok(
        names.every((name) => isName(name) || given.includes(name)),
        guestPath,
      );
      if (hostPath === undefined) return;
      assert.equal(hostPath, `${plan.directory}/mounts/${names.at(-1)}`);
      const shares = plan.steps.filter(({ op }) => op === "bind" || op === "use");
      for (const step of shares)
        assert.ok([hostPath, userOf(plan, hostPath, request)].includes(placeOf(step) ?? ""));
      assert.ok(plan.steps.every((step) => shares.includes(step) || placeOf(step) === usersOf(plan)));
    }),
    { numRuns },
  );
});

const usersOf = (plan: Plan) => `${plan.directory}/mounts/.users`;

function userOf(plan: Plan, hostPath: string, request: Record<string, unknown>): string {
  const { id } = request.container as { id: string };
  return `${usersOf(plan)}/${hostPath.slice(plan.directory.length + "/mounts/".length)}/${id}`;
}

test("what a step makes, its undo takes away; a step that takes away has none", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      for (const step of planned(request)?.steps ?? []) assert.deepEqual(step.undo, undoOf(step));
    }),
    { numRuns },
  );
});

function undoOf(step: Step): Step[] {
  switch (step.op) {
    case "mkdir":
    case "mark":
      return [{ op: "remove", path: step.path, undo: [] }];
    case "guard":
    case "hub":
    case "view":
      return [{ op: "umount", target: step.target, undo: [] }];
    case "bind":
      return [
        { op: "umount", target: step.target, undo: [] },
        { op: "remove", path: step.target, undo: [] },
      ];
    case "use":
      return [{ op: "unuse", path: step.path, undo: [] }];
    case "rafsMount":
      return [{ op: "rafsUmount", mountpoint: step.mountpoint, undo: [] }];
    default:
      return [];
  }
}

test("plans that add and plans that take away are never mixed, but to mend: first all is taken away", () => {
  const takeAway = ["cleanup", "unshareFile", "unshareRootFilesystem", "unshareContainer"];
  const taking = ["umount", "remove", "unuse", "rafsUmount"];
  fc.assert(
    fc.property(anyRequest, (request) => {
      const plan = planned(request);
      if (!plan) return;
      const removing = plan.steps.map(({ op }) => taking.includes(op));
      const firstMade = removing.includes(false) ? removing.indexOf(false) : removing.length;
      const isMending = request.op === "mend" && removing.lastIndexOf(true) < firstMade;
      assert.ok(isMending || removing.every((is) => is === takeAway.includes(String(request.op))));
      assert.equal(
        plan.shared !== undefined,
        ["shareFile", "shareRootFilesystem"].includes(String(request.op)),
      );
      assert.equal(plan.storages !== undefined, ["prepare", "shareContainer"].includes(String(request.op)));
      const parts = [plan.mounts, plan.rootPath, plan.outcomes].map((part) => part !== undefined);
      assert.deepEqual(parts, Array(3).fill(request.op === "shareContainer"));
    }),
    { numRuns },
  );
});

test("what is made twice is made once: no two steps of a plan that adds have one place and one kind", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      // A share may be named twice to revoke, and a difference twice to mend.
      if (["cleanup", "mend"].includes(String(request.op))) return;
      const steps = planned(request)?.steps ?? [];
      const marks = steps.map((step) => `${step.op} ${placeOf(step) ?? JSON.stringify(step)}`);
      assert.equal(new Set(marks).size, marks.length);
    }),
    { numRuns },
  );
});

test("equal requests give equal bytes, in another instance and after other requests too", async () => {
  const other = await load();
  fc.assert(
    fc.property(anyRequest, anyRequest, (request, between) => {
      const json = JSON.stringify(request);
      const answer = answerOf(core, json);
      answerOf(core, JSON.stringify(between));
      assert.equal(answerOf(core, json), answer);
      assert.equal(answerOf(core, new TextEncoder().encode(json)), answer);
      assert.equal(answerOf(other, json), answer);
    }),
    { numRuns },
  );
});

test("the order of a request's fields is of no effect on its plan", () => {
  fc.assert(
    fc.property(anyRequest, fc.nat(), (request, salt) => {
      const shuffled = inOtherOrder(request, salt);
      assert.deepEqual(shuffled, request);
      const plan = planned(request);
      // Of several things that are wrong, the first one is named: only refused or not is the same then.
      assert.equal(JSON.stringify(planned(shuffled)), JSON.stringify(plan));
    }),
    { numRuns },
  );
});

function inOtherOrder(value: unknown, salt: number): unknown {
  if (Array.isArray(value)) return value.map((item) => inOtherOrder(item, salt));
  if (typeof value !== "object" || value === null) return value;
  const mixed = ([key]: [string, unknown]) =>
    [...key].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 9973, salt);
  const entries = Object.entries(value).sort((a, b) => mixed(a) - mixed(b));
  const copy: object = Object.create(Object.getPrototypeOf(value));
  for (const [key, inner] of entries) define(copy, key, inOtherOrder(inner, salt));
  return copy;
}

// An assignment to "__proto__" would not make a field.
function define(record: object, key: string, value: unknown): void {
  Object.defineProperty(record, key, { value, enumerable: true, writable: true, configurable: true });
}

test("plan() gives what JSON.parse reads from planJson(), and refuses the same", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const expected = JSON.parse(answerOf(core, JSON.stringify(request)));
      const answer = planOrRefusal(request);
      assert.deepEqual(answer, expected);
      assert.equal(JSON.stringify(answer), JSON.stringify(expected));
    }),
    { numRuns },
  );
});

function planOrRefusal(request: unknown): unknown {
  try {
    return core.plan(request as PlanRequest);
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { code: error.code, subject: error.subject, path: error.path };
  }
}

test("a plan is frozen, all through", () => {
  fc.assert(
    fc.property(anyRequest, (request) => {
      const plan = planned(request);
      if (plan) assertFrozen(plan);
    }),
    { numRuns },
  );
});

function assertFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  assert.ok(Object.isFrozen(value));
  for (const inner of Object.values(value)) assertFrozen(inner);
}

test("of the requests that these properties are tried with, each operation has many that are planned", () => {
  const counts = new Map<string, { planned: number; refused: number }>();
  for (const request of fc.sample(anyRequest, { numRuns: 6000, seed: 1 })) {
    const count = counts.get(String(request.op)) ?? { planned: 0, refused: 0 };
    count[planned(request) ? "planned" : "refused"] += 1;
    counts.set(String(request.op), count);
  }
  assert.equal(counts.size, 9);
  for (const [op, count] of counts) {
    assert.ok(count.planned >= 100 && count.refused >= 50, `${op} ${JSON.stringify(count)}`);
  }
});
