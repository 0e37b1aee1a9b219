import assert from "node:assert/strict";
import { join } from "node:path";
import { measuredPlugin } from "../support/nri/measured-plugin.ts";
import { containerOf, eventOf, podOf } from "../support/nri/messages.ts";
import { PlayedRuntime } from "../support/nri/played-runtime.ts";
import { ownRuntime } from "../support/runtimes.ts";
import { socketTest } from "../support/ttrpc/served.ts";

const MiB = 1024 * 1024;
// What a runtime sends at most is 4 MiB. Deno keeps what it has read from a socket a second time.
const most = ownRuntime === "deno" ? 6 : 3;

const bind = { type: "bind", options: ["rbind", "ro"] };
const binds = (count: number, source: string, destination: string) =>
  Array.from({ length: count }, (_, i) => ({
    ...bind,
    destination: `/${i}${destination}`,
    source: `/${i}${source}`,
  }));

const times = <T>(count: number, entry: T): T[] => Array.from({ length: count }, () => entry);
const long = "a".repeat(1200);
const tooMany =
  /Cannot mount all of .*: too-many-mounts \(what is judged of it takes more than 3145728 bytes;/;
const tooLong = /Cannot mount all of .*: too-many-mounts \(mounts and adjustments of \d+ characters/;

// What a container may have that takes as much as a message may have: mounts, which are judged, and what nobody looks at.
const ofMounts: readonly (readonly [string, ReturnType<typeof binds>])[] = [
  ["paths of the most names", binds(490, "/a".repeat(2040), "/b".repeat(2040))],
  ["paths of a few long names", binds(490, `/${"a".repeat(4080)}`, `/${"b".repeat(4080)}`)],
  ["paths in other scripts", binds(320, "/\u202ea".repeat(1200), "/\u202e".repeat(1500))],
  ["thousands of paths", binds(3000, `/${"a".repeat(600)}`, `/${"b".repeat(600)}`)],
  ["one source of two million names", binds(1, "/a".repeat(1.95 * MiB), "")],
  ["one destination of two million names", binds(1, "", "/a".repeat(1.95 * MiB))],
];
const namespace = { path: `/${long}`, type: "network" };
const named = <T>(count: number, value: T) =>
  Object.fromEntries(times(count, value).map((each, i) => [`${i}${long.slice(0, 600)}`, each]));
type Row = readonly [what: string, more: object, refusal: RegExp];
const device = (name: string) => ({ path: `/${name}`, type: "c" });
const rules = { allow: true, type: "c", major: { value: 1n }, access: long };
const atMost: readonly Row[] = [
  ...ofMounts.map(([what, mounts]) => [what, { mounts }, tooMany] as const),
  ["devices with long paths", { linux: { devices: times(3000, device(long)) } }, tooMany],
  ["many devices", { linux: { devices: times(9000, device("a".repeat(350))) } }, tooMany],
  ["namespaces with long paths", { linux: { namespaces: times(3000, namespace) } }, tooMany],
  ["long programs of hooks", { hooks: { prestart: times(3000, { path: `/${long}` }) } }, tooMany],
  [
    "long names of devices of CDI",
    { CDIDevices: times(3000, { name: `vendor.com/class=${long}` }) },
    tooMany,
  ],
  ["long names of interfaces", { linux: { netDevices: named(3000, {}) } }, tooMany],
  [
    "interfaces with long names inside",
    { linux: { netDevices: named(3000, { name: long.slice(0, 600) }) } },
    tooMany,
  ],
  ["long annotations", { annotations: named(3000, long.slice(0, 600)) }, /^$/],
  ["a long name", { name: "n".repeat(3.9 * MiB) }, tooMany],
  [
    "thousands of system calls",
    { linux: { seccompPolicy: { syscalls: times(3000, { names: [long] }) } } },
    /^$/,
  ],
  ["thousands of rules for devices", { linux: { resources: { devices: times(3000, rules) } } }, /^$/],
  [
    "thousands of hooks with arguments",
    { hooks: { prestart: times(3000, { path: "/a", args: [long] }) } },
    /^$/,
  ],
];
// Nothing is left out of these, and they are shorter than a message may be.
const judged: readonly Row[] = [
  ["paths of two million characters", { mounts: binds(490, "/a".repeat(1000), "/b".repeat(1000)) }, tooLong],
  ["as many devices with long paths as are judged", { linux: { devices: times(1900, device(long)) } }, /^$/],
  ["as many devices as are judged", { linux: { devices: times(4000, device("a".repeat(350))) } }, /^$/],
];
for (const [[what, more, refusal], largest] of [
  ...atMost.map((row) => [row, 0] as const),
  ...judged.map((row) => [row, 4 * MiB] as const),
]) {
  socketTest(
    `a gate that judges ${what} takes less than ${most} times as much memory as they have`,
    async (directory) => {
      const socket = join(directory, "nri.sock");
      await using runtime = await PlayedRuntime.start(socket, { requestTimeoutMs: 60_000, perPart: 300 });
      const ask = (container: ReturnType<typeof containerOf>) => {
        const request = eventOf("createContainer", podOf("p"), container);
        return runtime
          .event("createContainer", request)
          .then(({ error }) => ({ error, bytes: request.length }));
      };
      const { child, growth } = await measuredPlugin(runtime, "gate-memory", () =>
        ask(containerOf("c", "p")),
      );
      const grown: number[] = [];
      let asked = 0;
      for (let i = 0; i < 4; i += 1) {
        const { error = "", bytes } = await ask(containerOf("c", "p", more));
        assert.match(error, refusal);
        grown.push(await growth());
        asked = bytes;
      }
      await child.kill();
      const shown = grown.map((bytes) => (bytes / MiB).toFixed(1)).join(" ");
      // Then what the first ones left waits to be collected.
      assert.ok((grown[0] ?? 0) < most * Math.max(asked, largest) && Math.max(...grown) < 64 * MiB, shown);
    },
  );
}
