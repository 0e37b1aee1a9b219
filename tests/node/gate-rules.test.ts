import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Ajv } from "ajv";
import fc from "fast-check";
import { FormatError } from "../../mod.ts";
import { readGateRules } from "../../node/gate/read-rules.ts";
import { anyChange, arbitraryOf, changed, type Schema } from "../support/arbitrary/of-schema.ts";
import { packageRoot } from "../support/package-root.ts";
import { rounds } from "../support/sample.ts";

const text = readFileSync(join(packageRoot, "node/gate/schema.json"), "utf8");
const isOfSchema = new Ajv().compile(JSON.parse(text));
const whole = {
  refuse: { hostRoot: true, kernelFilesystems: true, runtimeSockets: false, paths: ["/etc/kubernetes"] },
  readOnly: ["/etc", "/usr"],
  maxMounts: 64,
  pods: { runtimeHandlers: ["kata", ""], namespaces: ["shop"], exceptNamespaces: ["kube-system"] },
};

function refusalOf(json: string | object): FormatError | undefined {
  try {
    readGateRules(json);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error;
  }
}

test("all fields of rules are read", () => {
  assert.deepEqual(readGateRules(JSON.stringify(whole)), whole);
  assert.deepEqual(readGateRules(whole), whole);
});

const long = `/${"a".repeat(4095)}`;
const many = Array.from({ length: 1001 }, (_, i) => `/p${i}`);

// What is refused, and the path and the code of the refusal.
const refused: readonly (readonly [rules: unknown, path: string, code: string])[] = [
  // Shapes
  [[], "", "wrong-type"],
  [null, "", "wrong-type"],
  ["{}", "", "wrong-type"],
  [{ refuse: [] }, "refuse", "wrong-type"],
  [{ refuse: null, maxMounts: 3 }, "refuse", "wrong-type"],
  [{ refuse: { hostRoot: null, runtimeSockets: true } }, "refuse.hostRoot", "wrong-type"],
  [{ refuse: { hostRoot: "true" } }, "refuse.hostRoot", "wrong-type"],
  [{ refuse: { kernelFilesystems: 1 } }, "refuse.kernelFilesystems", "wrong-type"],
  [{ refuse: { runtimeSockets: [] } }, "refuse.runtimeSockets", "wrong-type"],
  [{ refuse: { paths: "/etc" } }, "refuse.paths", "wrong-type"],
  [{ refuse: { paths: ["/etc", 5] } }, "refuse.paths[1]", "wrong-type"],
  [{ readOnly: { 0: "/etc" } }, "readOnly", "wrong-type"],
  [{ readOnly: [null] }, "readOnly[0]", "wrong-type"],
  [{ maxMounts: "3" }, "maxMounts", "wrong-type"],
  [{ maxMounts: 2.5 }, "maxMounts", "wrong-type"],
  [{ maxMounts: 3, pods: [] }, "pods", "wrong-type"],
  [{ maxMounts: 3, pods: { namespaces: "shop" } }, "pods.namespaces", "wrong-type"],
  [{ maxMounts: 3, pods: { exceptNamespaces: [3] } }, "pods.exceptNamespaces[0]", "wrong-type"],
  // Fields that nobody reads: a typing error would be a rule that is off.
  [{ refuses: {} }, "refuses", "unknown-field"],
  [{ refuse: { hostroot: true } }, "refuse.hostroot", "unknown-field"],
  [{ maxMounts: 3, pods: { labels: [] } }, "pods.labels", "unknown-field"],
  [JSON.parse('{ "__proto__": {} }'), "__proto__", "unknown-field"],
  [{ refuse: { "a b": 1 } }, 'refuse["a b"]', "unknown-field"],
  // Numbers and lists
  [{ maxMounts: 0 }, "maxMounts", "out-of-range"],
  [{ maxMounts: -1 }, "maxMounts", "out-of-range"],
  [{ maxMounts: 100_001 }, "maxMounts", "out-of-range"],
  [{ maxMounts: 1e300 }, "maxMounts", "out-of-range"],
  [{ refuse: { paths: many } }, "refuse.paths", "out-of-range"],
  [{ readOnly: many }, "readOnly", "out-of-range"],
  [{ maxMounts: 3, pods: { runtimeHandlers: [] } }, "pods.runtimeHandlers", "out-of-range"],
  [{ maxMounts: 3, pods: { namespaces: [] } }, "pods.namespaces", "out-of-range"],
  [{ maxMounts: 3, pods: { namespaces: ["a".repeat(254)] } }, "pods.namespaces[0]", "out-of-range"],
  // Paths that would never be met as they are spelled, or mean something else.
  ...[
    "",
    "etc",
    "./etc",
    "/",
    "//",
    "/etc/",
    "/etc//x",
    "/./etc",
    "/etc/.",
    "/etc/..",
    "/../etc",
    "/a\0b",
  ].map((path) => [{ refuse: { paths: [path] } }, "refuse.paths[0]", "not-a-gate-path"] as const),
  [{ readOnly: ["/etc", "/a/../b"] }, "readOnly[1]", "not-a-gate-path"],
  [{ readOnly: ["/\ud800"] }, "readOnly[0]", "not-a-gate-path"],
  [{ readOnly: [long] }, "readOnly[0]", "not-a-gate-path"],
  // Rules of which one would have to win
  [
    { maxMounts: 3, pods: { namespaces: ["a", "b"], exceptNamespaces: ["c", "b"] } },
    "pods.exceptNamespaces[1]",
    "contradiction",
  ],
  // A gate that lets everything through
  [{}, "", "no-rules"],
  [{ refuse: {} }, "", "no-rules"],
  [{ refuse: { hostRoot: false, paths: [] }, readOnly: [] }, "", "no-rules"],
  [{ pods: { namespaces: ["shop"] } }, "", "no-rules"],
];

for (const [rules, path, code] of refused) {
  const shown = JSON.stringify(rules);
  test(`rules are refused: ${code} at ${path || "the top"} of ${shown.slice(0, 80)}`, () => {
    const refusal = refusalOf(typeof rules === "string" ? JSON.stringify(rules) : shown);
    assert.deepEqual([refusal?.path, refusal?.code, refusal?.format], [path, code, "gate rules"]);
    assert.match(refusal?.message ?? "", /^Cannot read gate rules/);
  });
}

test("a text that is no JSON is refused, and a field that is nearly right is named", () => {
  assert.equal(refusalOf("{ hostRoot: true }")?.code, "not-json");
  assert.equal(refusalOf("/etc/guestshare/gate.json")?.code, "not-json");
  assert.equal(refusalOf({ refuse: { hostroot: true } })?.nearest, "hostRoot");
});

test("of two rules that contradict each other both places are named", () => {
  const rules = { maxMounts: 3, pods: { namespaces: ["a", "shop"], exceptNamespaces: ["shop"] } };
  const refusal = refusalOf(rules);
  assert.deepEqual([refusal?.path, refusal?.otherPath], ["pods.exceptNamespaces[0]", "pods.namespaces[1]"]);
  assert.equal(
    refusal?.message,
    'Cannot read gate rules pods.exceptNamespaces[0] "shop": contradiction (another field says the opposite; remove one of the two: pods.namespaces[1])',
  );
});

test("the schema and the reader agree, but for rules that refuse nothing or contradict each other", () => {
  const seen = { read: 0, refused: 0 };
  const agree = (rules: unknown) => {
    const refusal = refusalOf(JSON.stringify(rules) ?? "null");
    if (refusal?.code === "no-rules" || refusal?.code === "contradiction") return;
    seen[refusal ? "refused" : "read"] += 1;
    assert.equal(isOfSchema(rules), refusal === undefined, `${JSON.stringify(rules)}: ${refusal?.message}`);
  };
  const anyRules = arbitraryOf(JSON.parse(text) as Schema);
  const numRuns = rounds(3000, 300);
  fc.assert(fc.property(anyRules, agree), { numRuns });
  fc.assert(
    fc.property(anyRules, fc.nat(), anyChange, (rules, place, change) => {
      agree(rules);
      agree(JSON.parse(JSON.stringify(changed(rules, place, change)) ?? "null"));
    }),
    { numRuns },
  );
  for (const [rules] of refused) if (typeof rules !== "string") agree(rules);
  agree(whole);
  assert.ok(seen.read > numRuns / 10 && seen.refused > numRuns / 10, JSON.stringify(seen));
});
