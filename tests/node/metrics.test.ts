import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import fc from "fast-check";
// @ts-expect-error It has no types.
import parsePrometheus from "parse-prometheus-text-format";
import { exposition } from "../../node/metrics/exposition.ts";
import { metricsText } from "../../node/mod.ts";
import { durationsOf, sandboxOf, statusOf } from "../support/node/statuses.ts";
import { findTool } from "../support/runner/tools.ts";
import { rounds } from "../support/sample.ts";

interface Parsed {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly { readonly labels?: Record<string, string>; readonly value?: string }[];
}

// Prometheus' own parser, and its judgement of names, where it is installed: Debian's package prometheus has it.
const promtool = findTool("promtool");

/** What a parser reads of a text. */
function parsed(text: string): Parsed[] {
  if (promtool) {
    const { status, stdout, stderr } = spawnSync(promtool, ["check", "metrics"], {
      input: text,
      encoding: "utf8",
    });
    assert.equal(`${stdout}${stderr}`, "", text);
    assert.equal(status, 0);
  }
  return parsePrometheus(text) as Parsed[];
}

/** A text by the format's own rules: every line, and no series twice. */
function checkLines(text: string): void {
  const series = new Set<string>();
  const types = new Map<string, string>();
  const label = /[a-z_]\w*="(?:[^"\\\n]|\\[\\"n])*"/.source;
  const sample = new RegExp(
    `^([a-z_]\\w*)(?:\\{${label}(?:,${label})*\\})? (?:-?\\d[\\d.e+-]*|NaN|[+-]Inf)$`,
    "u",
  );
  assert.ok(text.endsWith("\n"));
  for (const line of text.slice(0, -1).split("\n")) {
    const [, word, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/u.exec(line) ?? [];
    if (word === "TYPE") types.set(name, rest);
    if (word !== undefined) continue;
    const [, found = ""] = sample.exec(line) ?? [];
    assert.ok(found !== "", `no sample: ${JSON.stringify(line)}`);
    assert.ok(
      types.has(found) || types.get(found.replace(/_(?:bucket|sum|count)$/, "")) === "histogram",
      line,
    );
    const one = line.slice(0, line.lastIndexOf(" "));
    assert.ok(!series.has(one), `twice: ${line}`);
    series.add(one);
  }
}

test("a node's status is these metrics", () => {
  const text = metricsText(statusOf());
  checkLines(text);
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  assert.deepEqual(samples, [
    "guestshare_start_time_seconds 1796025600.5",
    'guestshare_sandboxes{state="living"} 4',
    'guestshare_sandboxes{state="dead"} 1',
    'guestshare_sandboxes{state="unknown"} 0',
    "guestshare_mounts 25",
    "guestshare_leaked_mounts 5",
    'guestshare_findings{code="no-guard"} 2',
    "guestshare_removed_sandboxes_total 1",
    "guestshare_removed_mounts_total 5",
    "guestshare_removal_failures_total 0",
    "guestshare_missed_events_total 0",
    'guestshare_audit_duration_seconds_bucket{le="0.01"} 0',
    'guestshare_audit_duration_seconds_bucket{le="0.1"} 0',
    'guestshare_audit_duration_seconds_bucket{le="1"} 1',
    'guestshare_audit_duration_seconds_bucket{le="+Inf"} 1',
    "guestshare_audit_duration_seconds_sum 0.2",
    "guestshare_audit_duration_seconds_count 1",
    "guestshare_audit_failures_total 1",
    "guestshare_last_audit_timestamp_seconds 1796025601",
    "guestshare_living_known 1",
    'guestshare_pods{state="running"} 4',
    'guestshare_pods{state="stopped"} 1',
    'guestshare_pods{state="process-gone"} 0',
    'guestshare_pods{state="listed"} 0',
    "guestshare_nri_connected 1",
    "guestshare_nri_connections_total 3",
    "guestshare_nri_losses_total 2",
    'guestshare_nri_request_duration_seconds_bucket{le="0.01"} 1',
    'guestshare_nri_request_duration_seconds_bucket{le="0.1"} 2',
    'guestshare_nri_request_duration_seconds_bucket{le="1"} 2',
    'guestshare_nri_request_duration_seconds_bucket{le="+Inf"} 3',
    "guestshare_nri_request_duration_seconds_sum 3.051",
    "guestshare_nri_request_duration_seconds_count 3",
    'guestshare_runtime_info{name="containerd",version="2.4.2",nri_version="v0.12.3"} 1',
    "guestshare_gate_trial 1",
    "guestshare_gate_judged_total 9",
    "guestshare_gate_refused_total 2",
    'guestshare_gate_findings_total{code="host-root"} 2',
    'guestshare_gate_findings_total{code="runtime-socket"} 1',
    'guestshare_gate_unseen_total{code="hook"} 1',
  ]);
});

test("each metric has a sentence and a type, and a parser of the format reads them", () => {
  const text = metricsText(statusOf({ sandboxes: [sandboxOf("s1")] }), { perPod: true });
  const families = parsed(text);
  assert.equal(families.length, (text.match(/^# HELP guestshare_\w+ [A-Z].*\.$/gm) ?? []).length);
  assert.ok(families.length >= 25, `${families.length}`);
  for (const { name, type } of families) {
    assert.equal(name.endsWith("_total"), type === "COUNTER", name);
    assert.match(name, /^guestshare_[a-z_]+$/);
  }
});

test("what is not known has no sample, and no runtime means no info", () => {
  const { living, audits } = statusOf();
  const { runtime: _, ...unconnected } = living;
  const { lastAt: __, ...before } = audits;
  const text = metricsText(
    statusOf({ living: { ...unconnected, isKnown: false }, audits: before, gate: undefined }),
  );
  checkLines(text);
  assert.match(text, /^guestshare_living_known 0$/m);
  assert.match(text, /^guestshare_nri_connected 0$/m);
  assert.doesNotMatch(text, /runtime_info|last_audit_timestamp|gate_/);
  const listed = metricsText(statusOf({ living: { ...living, by: "list" } }));
  assert.doesNotMatch(listed, /nri_(?:connect|loss|request)/);
});

test("pods are in no label unless that is asked for", () => {
  const sandboxes = [sandboxOf("s1", "web-1"), sandboxOf("s2", "web-2")];
  assert.doesNotMatch(metricsText(statusOf({ sandboxes })), /web-1|s1/);
  const text = metricsText(statusOf({ sandboxes }), { perPod: true });
  assert.match(
    text,
    /^guestshare_sandbox_mounts\{id="s1",directory="\/run\/a\/s1",state="living",layout="kata-go",namespace="shop",pod="web-1"\} 5$/m,
  );
});

const nasty: readonly (readonly [name: string, value: string])[] = [
  ['a"b', 'a\\"b'],
  ["a\\b", "a\\\\b"],
  ['"} 1\nguestshare_mounts 99', '\\"} 1\\\\u{a}guestshare_mounts 99'],
  ["\\n", "\\\\n"],
  ["\u001b[2J\r\u0000", "\\\\u{1b}[2J\\\\u{d}\\\\u{0}"],
  ["\u202egnp.exe", "\\\\u{202e}gnp.exe"],
  ["\ud800\udc00x\udfff", "\ud800\udc00x\\\\u{dfff}"],
  ["a\u2028b\u0085c", "a\\\\u{2028}b\\\\u{85}c"],
  ["{}=,#", "{}=,#"],
  ["x".repeat(300), `${"x".repeat(255)}…`],
  ["", ""],
];

for (const [name, value] of nasty) {
  test(`a pod called ${JSON.stringify(name).slice(0, 40)} stays between its quotes`, () => {
    const text = metricsText(statusOf({ sandboxes: [sandboxOf("s1", name)] }), { perPod: true });
    checkLines(text);
    assert.ok(text.includes(`,pod="${value}"} 5\n`), text);
    parsed(text);
  });
}

test("names that are the same once they are safe are one series", () => {
  const sandboxes = [sandboxOf("s1", "\u0001"), { ...sandboxOf("s1", "\\u{1}") }];
  const text = metricsText(statusOf({ sandboxes }), { perPod: true });
  checkLines(text);
  assert.match(text, /pod="\\\\u\{1\}"\} 10$/m);
  parsed(text);
});

test("any names and numbers make a well-formed text", () => {
  const anyText = fc.oneof(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), fc.string());
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyText, anyText, anyText), { maxLength: 8 }),
      fc.double(),
      (names, value) => {
        const samples = names.map(([a, b, c]) => ({ labels: { a, b, c }, value }));
        checkLines(
          exposition([{ name: "any", help: "Any.", type: "gauge", samples: [{ value: 1 }, ...samples] }]),
        );
        const sandboxes = names.map(([id, name, namespace]) => sandboxOf(id, name, namespace));
        checkLines(metricsText(statusOf({ sandboxes }), { perPod: true }));
      },
    ),
    { numRuns: rounds(2000, 200) },
  );
});

test("a histogram has cumulative buckets, all of them in the last", () => {
  const text = metricsText(
    statusOf({ audits: { durations: durationsOf([0, 0.05, 0.5, 5, 50]), failures: 0 } }),
  );
  const rows = text.match(/^guestshare_audit_duration_seconds_\w+(?:\{.*\})? .*$/gm);
  assert.deepEqual(
    rows?.map((row) => row.split(" ")[1]),
    ["1", "2", "3", "5", "55.55", "5"],
  );
});
