import assert from "node:assert/strict";
import { join } from "node:path";
import { FilesystemShare, type WatchEvent } from "../../ffi/mod.ts";
import { Child } from "../support/child.ts";
import { commandOf, libc } from "../support/runtimes.ts";
import { KubeletVolume, readVolume } from "../support/watch/kubelet-volume.ts";
import { version, waitFor } from "../support/watch/place.ts";
import { generation } from "./support/agent-program.ts";
import { type AgentPlace, agentTest } from "./support/agent-test.ts";

const random = "0011223344556677";
const keys = ["a", "b/c", "d.txt", "d.md", "e"];

/** A volume that is shared with a container, and what became of it. */
async function sharing(
  place: AgentPlace,
  use: (volume: KubeletVolume, events: WatchEvent[], arrived: string) => Promise<void>,
) {
  const volume = new KubeletVolume(join(place.source, "volumes/kubernetes.io~configmap/settings"));
  volume.write(version(0, ...keys));
  const events: WatchEvent[] = [];
  const onWatch = (event: WatchEvent) => events.push(event);
  const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { libc, agent: place.agent, onWatch });
  await share.shareFile({ id: "c1" }, { source: volume.path, destination: "/settings" }, { random });
  const arrived = place.arrived(`c1-${random}-settings`);
  assert.deepEqual(readVolume(arrived), version(0, ...keys));
  await use(volume, events, arrived);
  await share.unshareContainer({ id: "c1" });
}

agentTest("a configmap follows what changes, as far as the agent replaces links", async (place) => {
  await sharing(place, async (volume, events, arrived) => {
    volume.write(version(1, "a", "new"));
    if (generation === "CC-0.2.0") {
      await waitFor(() => events.length > 0);
      const [event] = events;
      assert.ok(event?.kind === "ended" && event.reason === "link-not-replaced", JSON.stringify(event));
      assert.match(event.link, /\/\.\.data$/);
      assert.deepEqual(readVolume(arrived), version(0, ...keys));
      return;
    }
    await waitFor(() => events.length > 0);
    assert.deepEqual(readVolume(arrived), version(1, "a", "new"));
    const [event] = events;
    assert.ok(event?.kind === "updated", JSON.stringify(event));
    assert.deepEqual(event.stale, ["b", "d.md", "d.txt", "e"]);
  });
});

if (generation !== "CC-0.2.0")
  agentTest("changes without a pause end in the last one", async (place) => {
    await sharing(place, async (volume, events, arrived) => {
      const kubelet = new Child([...commandOf("kubelet"), volume.path, "300", "1500", ...keys]);
      assert.equal(await kubelet.line(), `"ready"`);
      kubelet.send("go");
      assert.equal(await kubelet.line(), `"done"`);
      await waitFor(() => JSON.stringify(readVolume(arrived)) === JSON.stringify(readVolume(volume.path)));
      assert.deepEqual(readVolume(arrived), version(300, ...keys));
      assert.deepEqual(
        events.filter(({ kind }) => kind !== "updated"),
        [],
      );
      await kubelet.end();
    });
  });
