import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  type Container,
  containerOf,
  load,
  type PlanRequest,
  rootFsOf,
  withAnnotations,
  withMountInfo,
} from "../../mod.ts";
import type { Schema } from "../support/arbitrary/of-schema.ts";
import { anyRequest } from "../support/arbitrary/requests.ts";
import { packageRoot } from "../support/package-root.ts";
import { rounds } from "../support/sample.ts";

// A field that is undefined is as good as none, in whatever object a program gives.

const core = await load();
const { definitions = {} } = JSON.parse(
  readFileSync(join(packageRoot, "wasm/schema.json"), "utf8"),
) as Schema;

/** A value with each field that its type may leave out, and that it has not, as undefined. */
function filled(value: unknown, schema: Schema): unknown {
  if (schema.$ref) return filled(value, definitions[schema.$ref.replace("#/definitions/", "")] as Schema);
  if (Array.isArray(value)) return value.map((item) => filled(item, schema.items ?? {}));
  if (typeof value !== "object" || value === null || !schema.properties) return value;
  const absent = Object.keys(schema.properties).filter((name) => !(name in value));
  const present = Object.entries(value).map(([name, field]) => [
    name,
    filled(field, schema.properties?.[name] ?? {}),
  ]);
  // In their order: of two values that are refused, the first one is told.
  return Object.fromEntries([...present, ...absent.map((name) => [name, undefined])]);
}

function requestOf({ op }: { op: string }): Schema {
  return definitions[`${op[0]?.toUpperCase()}${op.slice(1)}Request`] as Schema;
}

test("a request with undefined in place of what it leaves out is planned as without", () => {
  let planned = 0;
  fc.assert(
    fc.property(anyRequest, (request) => {
      const json = JSON.parse(JSON.stringify(request)) as PlanRequest;
      const plan = answer(json);
      if (typeof plan === "object") planned += 1;
      assert.deepEqual(answer(filled(json, requestOf(json)) as PlanRequest), plan);
      // A character that is not ASCII takes the other way to bytes.
      const odd = { ...json, sandbox: { ...json.sandbox, virtioFsCache: "\u00e9" } };
      assert.deepEqual(answer(filled(odd, requestOf(odd)) as PlanRequest), answer(odd));
    }),
    { numRuns: rounds(1000, 200) },
  );
  assert.ok(planned > 50, `only ${planned} were planned`);
});

function answer(request: PlanRequest): unknown {
  try {
    return core.plan(request);
  } catch (error) {
    return String(error);
  }
}

test("what is read of other formats takes undefined for what is not given, and keeps none in the way", () => {
  const nothing = (name: string) => filled({}, definitions[name] as Schema) as object;
  const config = { root: { path: "rootfs" }, mounts: [{ destination: "/x", source: "/y" }] };
  const { annotations, mounts, hugepageLimits, readonlyRootfs, ...options } = nothing(
    "Container",
  ) as Container;
  assert.deepEqual([annotations, mounts, hugepageLimits, readonlyRootfs], new Array(4).fill(undefined));
  const container = containerOf(config, { ...options, id: "c1" });
  assert.equal(container.rootFs?.target, "rootfs");
  assert.equal(container.mounts?.length, 1);
  assert.deepEqual(rootFsOf([], { target: undefined }), { target: "rootfs" });
  const sandbox = withAnnotations({ ...nothing("Sandbox"), id: "s1" }, {}, { allow: undefined });
  assert.deepEqual(sandbox, { id: "s1" });
  const info = { device: "/dev/sdb", fstype: "ext4" };
  const mount = withMountInfo({ ...nothing("Mount"), destination: "/x" }, info);
  assert.equal(mount.directVolume?.device, "/dev/sdb");
});
