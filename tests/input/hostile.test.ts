import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { withAnnotations } from "../../input/annotations.ts";
import { containerOf } from "../../input/container.ts";
import { FormatError } from "../../input/format-error.ts";
import { withMountInfo } from "../../input/mount-info-json.ts";
import { rootFsOf } from "../../input/root-fs.ts";
import { sandboxOf } from "../../input/sandbox.ts";
import { load } from "../../mod.ts";
import { anyJson, anyText } from "../support/arbitrary/requests.ts";
import { answerOf } from "../support/fixtures/rows.ts";
import { assertLinear } from "../support/growth.ts";
import { rounds } from "../support/sample.ts";
import { plain, pod1, rootless } from "./bundles.ts";

// Whatever is read: a result, or a FormatError. Nothing else is thrown, and no prototype changes.

const core = await load();
const runs = { numRuns: rounds(1000, 250) };

function readOrRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    assert.ok(error.message.startsWith("Cannot read "), error.message);
    return undefined;
  } finally {
    assert.deepEqual(Object.keys(Object.prototype), []);
  }
}

/** A value with one of its inner values, anywhere, replaced. */
function damaged(value: unknown, at: number, other: unknown): unknown {
  let left = at;
  return JSON.parse(JSON.stringify(value), (_key, inner) => {
    left -= 1;
    return left === -1 ? other : inner;
  });
}

const anyMount = fc.record(
  {
    ...{ destination: anyJson, source: anyJson, type: anyJson, options: fc.array(anyJson, { maxLength: 3 }) },
    uidMappings: anyJson,
  },
  { requiredKeys: [] },
);
const anyConfig = fc.oneof(
  anyJson,
  fc.record(
    {
      root: fc.oneof(fc.record({ path: anyText }), anyJson),
      mounts: fc.oneof(fc.array(anyMount, { maxLength: 3 }), anyJson),
      annotations: fc.oneof(fc.dictionary(anyText, anyText), anyJson),
      linux: anyJson,
    },
    { requiredKeys: [] },
  ),
);

test("any JSON is a container or a FormatError, and the core answers each container", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const container = readOrRefused(() =>
        containerOf(JSON.stringify(config) ?? "", { id: "c1", rootFs: {} }),
      );
      if (!container) return;
      const request = { op: "shareRootFilesystem", sandbox: { id: "s1" }, container };
      assert.ok(answerOf(core, JSON.stringify(request)).length > 0);
    }),
    runs,
  );
});

test("a real bundle that is damaged anywhere is a container or a FormatError", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(plain, pod1, rootless),
      fc.nat({ max: 150 }),
      anyJson,
      (bundle, at, other) => {
        const config = damaged(bundle, at, other);
        readOrRefused(() => containerOf(JSON.stringify(config) ?? "", { id: "c1" }));
      },
    ),
    runs,
  );
});

test("what was parsed is read as its text", () => {
  fc.assert(
    fc.property(anyConfig, (config) => {
      const text = JSON.stringify(config);
      const value: unknown = JSON.parse(text);
      if (typeof value !== "object" || value === null) return;
      assert.deepEqual(
        readOrRefused(() => containerOf(value, { id: "c1" })),
        readOrRefused(() => containerOf(text, { id: "c1" })),
      );
    }),
    runs,
  );
});

test("any text is a result or a FormatError, for each format", () => {
  const pieces = fc.array(
    fc.oneof(
      anyText,
      fc.constantFrom(
        "[hypervisor.qemu]\n",
        "shared_fs = ",
        '"none"',
        "\n",
        "[runtime]",
        "mount -t ",
        " -o ",
        "{",
        "[",
      ),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(
      pieces.map((some) => some.join("")),
      (text) => {
        readOrRefused(() => containerOf(text, { id: "c1" }));
        readOrRefused(() => rootFsOf(text));
        readOrRefused(() => sandboxOf(text, { id: "s1" }));
        readOrRefused(() => withMountInfo({ destination: "/a" }, text));
      },
    ),
    runs,
  );
});

test("any annotations override nothing, or what is allowed, or are refused", () => {
  const name = fc.constantFrom(
    "shared_fs",
    "virtio_fs_cache",
    "virtio_fs_cache_size",
    "msize_9p",
    "rootless",
    "x",
  );
  const names = fc.oneof(
    name.map((last) => `io.katacontainers.config.hypervisor.${last}`),
    anyText,
  );
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.oneof(anyText, fc.constantFrom("1", "none", "true"))),
      (annotations) => {
        const sandbox = readOrRefused(() => withAnnotations({ id: "s1" }, annotations, { allow: [".*"] }));
        if (sandbox) assert.ok(answerOf(core, JSON.stringify({ op: "prepare", sandbox })).length > 0);
      },
    ),
    runs,
  );
});

test("any JSON is a root filesystem or a FormatError", () => {
  const anyContainerdMount = fc.dictionary(
    fc.constantFrom(
      "Type",
      "type",
      "Source",
      "source",
      "Target",
      "target",
      "Options",
      "options",
      "__proto__",
    ),
    anyJson,
  );
  fc.assert(
    fc.property(
      fc.oneof(anyJson, anyContainerdMount, fc.array(anyContainerdMount, { maxLength: 2 })),
      (mounts) => {
        const rootFs = readOrRefused(() => rootFsOf(`\n${JSON.stringify(mounts)}`));
        if (rootFs) assert.equal(typeof rootFs.target, "string");
      },
    ),
    runs,
  );
});

const longTexts: readonly (readonly [name: string, text: (long: number) => string])[] = [
  ["names", (long) => `mount -t ${" /".repeat(long)} -o a`],
  ["options", (long) => `mount -t a b /c -o ${"a,".repeat(long)}`],
  ["backslashes", (long) => `mount -t a b /c -o ${"\\".repeat(long)}`],
  ["spaces", (long) => " ".repeat(long)],
  ["spaces before a list", (long) => `${" ".repeat(long)}[`],
  ["line breaks", (long) => "\n".repeat(long)],
  ["slashes", (long) => "/".repeat(long)],
];

for (const [name, textOf] of longTexts) {
  test(`very many ${name} take no longer than their length: no pattern runs away`, () =>
    assertLinear(200_000, (long) => {
      const text = textOf(long);
      const layer = `io.katacontainers.fs-opt.layer=${text},tar`;
      return () => {
        readOrRefused(() => rootFsOf(text));
        readOrRefused(() => containerOf(text, { id: "c1" }));
        readOrRefused(() => containerOf({}, { id: "c1", rootFs: { options: [layer] } }));
      };
    }));
}
