import assert from "node:assert/strict";
import { Gate } from "../../../node/gate/gate.ts";
import type { GateNews } from "../../../node/gate/gate-options.ts";
import type { GateRules } from "../../../node/gate/rules.ts";
import { type Check, pluginOf } from "./checks.ts";
import { containerOf, eventOf, podOf } from "./messages.ts";
import type { TestRuntime } from "./test-runtime.ts";

const pod = podOf("p1");
const harmless = containerOf("c1", "p1");
const rootBind = { destination: "/host", source: "/", type: "bind", options: ["rbind", "rprivate", "rw"] };
const harmful = containerOf("c2", "p1", { mounts: [...(harmless.mounts ?? []), rootBind] });
const rules: GateRules = { refuse: { hostRoot: true, runtimeSockets: true } };
const creating = (container = harmless) => eventOf("createContainer", pod, container);
const starting = (container = harmless) => eventOf("startContainer", pod, container);

/** A gate that a runtime asks, and what it tells. */
async function gateAt(runtime: TestRuntime): Promise<AsyncDisposable & { news: GateNews[] }> {
  const news: GateNews[] = [];
  const gate = new Gate({ rules, isTrial: false, tell: (one) => void news.push(one) });
  const plugin = await pluginOf(runtime, gate.handlers, {
    name: "gate",
    index: "90",
    leaveOut: gate.leaveOut,
    lighten: gate.lighten,
  });
  return { news, [Symbol.asyncDispose]: () => plugin.close() };
}

/** Another plugin, which adjusts mounts of each container. */
function otherAt(runtime: TestRuntime, mounts: readonly object[]): Promise<AsyncDisposable> {
  const createContainer = () => ({ adjust: { mounts: [...mounts] } });
  return pluginOf(runtime, { createContainer }, { name: "other", index: "05" });
}

/** What holds of a gate with the played runtimes and with NRI's own library. */
export const gateChecks: readonly Check[] = [
  {
    what: "a gate refuses a container with the host's root by the mount's path, and no other",
    only: "0.12",
    async holds(runtime) {
      await using gate = await gateAt(runtime);
      for (let i = 0; i < 3; i += 1) {
        assert.equal((await runtime.event("createContainer", creating())).error, undefined);
        assert.equal((await runtime.event("startContainer", starting())).error, undefined);
        const { error = "" } = await runtime.event("createContainer", creating(harmful));
        assert.match(
          error,
          /^validator "90-gate" rejected container adjustment, reason: Cannot mount "\/" on "\/host" /,
        );
        assert.match(error, /\(container\.mounts\[12\]\): host-root \(it is .*; rule refuse\.hostRoot\)/);
      }
      assert.deepEqual(
        gate.news.map(({ kind, code }) => `${kind} ${code}`),
        Array(3).fill("refused host-root"),
      );
    },
  },
  {
    what: "a gate refuses what another plugin adds, in that plugin's name",
    only: "0.12",
    async holds(runtime) {
      await using _ = await gateAt(runtime);
      await using __ = await otherAt(runtime, [{ ...rootBind, source: "/run" }]);
      const { error = "" } = await runtime.event("createContainer", creating());
      assert.match(
        error,
        /adjust\.mounts\[0\], set by .*05-other.*runtime-socket \(it has .*containerd\.sock/,
      );
    },
  },
  {
    what: "a gate lets a container pass whose harmful mount another plugin removes or replaces",
    only: "0.12",
    async holds(runtime) {
      await using _ = await gateAt(runtime);
      for (const mount of [{ destination: "-/host" }, { ...rootBind, source: "/srv/harmless" }]) {
        await using __ = await otherAt(runtime, [mount]);
        assert.equal((await runtime.event("createContainer", creating(harmful))).error, undefined);
      }
    },
  },
  {
    what: "a gate's longest refusals arrive, and the gate stays",
    only: "0.12",
    async holds(runtime) {
      await using _ = await gateAt(runtime);
      const mounts = Array.from({ length: 200 }, (_, i) => ({
        ...rootBind,
        destination: `/${i}${"€\n\u202e".repeat(500)}`,
      }));
      const hostile = containerOf("c3", "p1", { mounts });
      for (let i = 0; i < 3; i += 1) {
        const { error = "" } = await runtime.event("createContainer", creating(hostile));
        assert.match(error, /container\.mounts\[0\].* and \d+ more/);
      }
      assert.equal((await runtime.event("createContainer", creating())).error, undefined);
    },
  },
  {
    what: "a gate refuses a container at its start where nobody has asked before",
    async holds(runtime) {
      await using gate = await gateAt(runtime);
      const { error = "" } = await runtime.event("startContainer", starting(harmful));
      assert.match(error, /permission_?denied.*Cannot mount "\/" on "\/host" \(container\.mounts\[12\]\)/i);
      assert.equal((await runtime.event("startContainer", starting())).error, undefined);
      assert.deepEqual(
        gate.news.map(({ kind }) => kind),
        ["refused"],
      );
    },
  },
];
