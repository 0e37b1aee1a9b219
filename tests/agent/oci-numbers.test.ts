import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import test from "node:test";
import { create, toBinary } from "@bufbuild/protobuf";
import { CreateContainerRequestSchema } from "../../ffi/agent/generated/container_pb.ts";
import { readExactJson } from "../../input/json.ts";
import { messageOf, planOf, refusalOf, smallest } from "../support/agent/oci-messages.ts";

// Numbers that JavaScript cannot hold, and names that are texts, too.

const seccompOf = (value: number | bigint) => ({
  defaultAction: "SCMP_ACT_ALLOW",
  syscalls: [{ names: ["x"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value, op: "SCMP_CMP_EQ" }] }],
});

/** The text of a config.json in which each number of "digits" stands as it is. */
const textWith = (config: object) => JSON.stringify(config).replace(/"digits (-?\d+)"/g, "$1");

test("of a text, each whole number reaches the agent as it is written", () => {
  const value = "digits 18446744073709551613" as unknown as bigint;
  const memory = { limit: "digits 9223372036854775807", reservation: "digits 9007199254740993" };
  const rlimits = [
    { type: "RLIMIT_NOFILE", hard: "digits 18446744073709551615", soft: "digits 18446744073709551614" },
  ];
  const process = { args: ["a", "12345678901234567890", '\\"12345678901234567890'], cwd: "/", rlimits };
  const config = { ...smallest, process, linux: { resources: { memory }, seccomp: seccompOf(value) } };
  const { oci } = messageOf(`\ufeff${textWith(config)}`, { seccomp: true });
  assert.deepEqual(oci.process?.args, process.args);
  assert.equal(oci.linux?.seccomp?.syscalls[0]?.args[0]?.value, 18446744073709551613n);
  assert.equal(oci.linux?.resources?.memory?.limit, 9223372036854775807n);
  assert.equal(oci.linux?.resources?.memory?.reservation, 9007199254740993n);
  const [limit] = oci.process?.rlimits ?? [];
  assert.deepEqual([limit?.hard, limit?.soft], [18446744073709551615n, 18446744073709551614n]);
});

const memoryOf = (limit: number | bigint) => ({ linux: { resources: { memory: { limit } } } });
const rlimitOf = (hard: number) => ({ process: { args: ["a"], rlimits: [{ type: "RLIMIT_CPU", hard }] } });
const seccomp = { seccomp: true };
const seccompPath = "linux.seccomp.syscalls[0].args[0].value";

for (const [what, config, path, code] of [
  ["a number beyond 2^53", memoryOf(2 ** 53), "linux.resources.memory.limit", "rounded"],
  ["a number below -2^53", memoryOf(-(2 ** 53)), "linux.resources.memory.limit", "rounded"],
  ["a number that is nearly all ones", rlimitOf(2 ** 64 - 2048), "process.rlimits[0].hard", "rounded"],
  ["a mask that may be rounded", { linux: { seccomp: seccompOf(2 ** 64) } }, seccompPath, "rounded"],
  ["one above all", { linux: { seccomp: seccompOf(2n ** 64n) } }, seccompPath, "out-of-range"],
  ["one above all as a limit", memoryOf(2n ** 63n), "linux.resources.memory.limit", "out-of-range"],
] as const)
  test(`${what} of a parsed config.json is refused as ${code}`, () => {
    const plan = planOf(smallest);
    assert.deepEqual(refusalOf({ ...smallest, ...config }, seccomp, plan), [path, code]);
  });

test("the largest number of a parsed config.json means that there is no limit", () => {
  const { hard, soft } = { hard: 2 ** 64, soft: 2 ** 53 - 1 };
  const process = { args: ["a"], cwd: "/", rlimits: [{ type: "RLIMIT_CPU", hard, soft }] };
  const { oci } = messageOf({ ...smallest, process, ...memoryOf(2 ** 63) });
  const [limit] = oci.process?.rlimits ?? [];
  assert.deepEqual([limit?.hard, limit?.soft], [2n ** 64n - 1n, 2n ** 53n - 1n]);
  assert.equal(oci.linux?.resources?.memory?.limit, 2n ** 63n - 1n);
});

test("a text is read as JSON.parse reads it, apart from whole numbers that would be rounded", () => {
  const text = '{"a":[1e20,-0.1234567890123456,12345678901234567890],"__proto__":"\\u0000whole:1","b":"1"}';
  const read = readExactJson("config.json", text).record();
  assert.deepEqual(read.a, [1e20, -0.1234567890123456, 12345678901234567890n]);
  assert.deepEqual(
    [Object.keys(read), Object.getOwnPropertyDescriptor(read, "__proto__")?.value, read.b],
    [["a", "__proto__", "b"], "\0whole:1", "1"],
  );
});

for (const [what, name, code] of [
  ["ends early", "net.a\0b", "nul"],
  ["is no text", "net.\ud800", "lone-surrogate"],
] as const)
  test(`a name that ${what} is refused as other texts are`, () => {
    const plan = planOf(smallest);
    const path = (field: string) => `${field}[${JSON.stringify(name)}]`;
    const values = { [name]: "1" };
    assert.deepEqual(refusalOf({ ...smallest, linux: { sysctl: values } }, {}, plan), [
      path("linux.sysctl"),
      code,
    ]);
    assert.deepEqual(refusalOf({ ...smallest, annotations: values }, {}, plan), [path("annotations"), code]);
  });

test("an annotation named __proto__ is in what the agent is sent", () => {
  const { oci } = messageOf(
    '{"root":{"path":"r"},"process":{"args":["a"]},"annotations":{"__proto__":"kept"}}',
  );
  const request = create(CreateContainerRequestSchema, { containerId: "c1", oci });
  assert.match(
    Buffer.from(toBinary(CreateContainerRequestSchema, request)).toString("latin1"),
    /__proto__.*kept/s,
  );
});

for (const name of ["uidMappings", "gidMappings"])
  test(`${name} of no size are refused without a user namespace, too; an empty list is none`, () => {
    const linux = { [name]: [{ containerID: 0, hostID: 0, size: 0 }] };
    assert.deepEqual(refusalOf({ ...smallest, linux }), [`linux.${name}`, "needs-user-namespace"]);
    assert.deepEqual(refusalOf({ ...smallest, linux: { [name]: [] } }), ["", "none"]);
  });
