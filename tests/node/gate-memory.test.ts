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
const tooMany = /Cannot mount all of .*: too-many-mounts \(mounts and adjustments of \d+ characters/;

// What a container may have that takes as much as a message may have: mounts, which are judged, and what nobody looks at.
const ofMounts: readonly (readonly [string, ReturnType<typeof binds>])[] = [
  ["paths of the most names", binds(490, "/a".repeat(2040), "/b".repeat(2040))],
  ["paths of a few long names", binds(490, `/${"a".repeat(4080)}`, `/${"b".repeat(4080)}`)],
  ["paths in other scripts", binds(320, "/\u202ea".repeat(1200), "/\u202e".repeat(1500))],
  ["one source of two million names", binds(1, "/a".repeat(1.95 * MiB), "")],
  ["one destination of two million names", binds(1, "", "/a".repeat(1.95 * MiB))],
];
const rules = { allow: true, type: "c", major: { value: 1n }, access: long };
for (const [what, more, refusal] of [
  ...ofMounts.map(([what, mounts]) => [what, { mounts }, tooMany] as const),
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
] as const) {
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
      assert.ok((grown[0] ?? 0) < most * asked && Math.max(...grown) < 64 * MiB, shown);
    },
  );
}
