import assert from "node:assert/strict";
import { chownSync, statSync } from "node:fs";
import type { CopyFileRequest } from "../../ffi/agent/agent.ts";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import type { GuestRefusal } from "../../ffi/guest/options.ts";
import { sampleOf } from "../support/sample.ts";
import { readVolume } from "../support/watch/kubelet-volume.ts";
import { version, type WatchPlace, watchTest } from "../support/watch/place.ts";

const GROUP = 4321;
const full: GuestRefusal = { code: 13, message: "ENOSPC: No space left on device" };

/** Refuses requests in the guest, from some moment on, until it is told to stop. */
class Refusing {
  refusal: GuestRefusal | undefined;
  count = 0;
  readonly #isMeant: (path: string) => boolean;

  constructor(isMeant: (path: string) => boolean = () => true) {
    this.#isMeant = isMeant;
  }

  readonly onRequest = ({ path }: CopyFileRequest): GuestRefusal | undefined => {
    if (!this.refusal || !this.#isMeant(path)) return undefined;
    this.count += 1;
    return this.refusal;
  };
}

const isNews = ({ events }: WatchPlace) => events.map(({ kind }) => kind);

const refusedNames = [
  ["3.3", "/new"],
  ["3.3", "/..data"],
  ["4.0", "/b/c"],
  ["4.0", "/..data"],
] as const;

for (const [generation, end] of sampleOf(refusedNames, 4, 2)) {
  watchTest(
    `what the agent refused is told once and tried again: ${end}, agent ${generation}`,
    async (watched) => {
      const refusing = new Refusing((path) => path.endsWith(end));
      watched.volume.write(version(1, "a", "b/c"));
      await watched.share({ generation, onRequest: refusing.onRequest }, async () => {
        refusing.refusal = full;
        watched.volume.write(version(2, "a", "b/c", "new"));
        const { error } = await watched.event("failed");
        assert.ok(error instanceof CopyError && error.cause instanceof AgentError);
        assert.match(error.message, /ENOSPC: No space left on device/);
        assert.deepEqual(readVolume(watched.arrived), version(1, "a", "b/c"));
        while (refusing.count < 3) await new Promise((resolve) => setTimeout(resolve, 10));
        refusing.refusal = undefined;
        await watched.equal();
        await watched.event("updated");
      });
      assert.deepEqual(isNews(watched), ["failed", "updated"]);
    },
  );
}

watchTest("an agent that is gone ends the watch", async (watched) => {
  watched.volume.write(version(1, "a"));
  let answers = true;
  const onRequest = () => (answers ? undefined : new Promise<undefined>(() => {}));
  await watched
    .share({ onRequest }, async () => {
      answers = false;
      watched.volume.write(version(2, "a"));
      while (watched.requests.length < 5) await new Promise((resolve) => setTimeout(resolve, 10));
      await watched.hangUp();
      const event = await watched.event("ended");
      assert.ok(event.reason === "connection" && event.error.code === "UNAVAILABLE");
    })
    .catch((error: Error & { code?: string }) => assert.equal(error.code, "ERR_SERVER_NOT_RUNNING"));
  assert.deepEqual(isNews(watched), ["ended"]);
});

watchTest("an agent that is gone is told of at once, also where nothing changes", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched
    .share({}, async () => {
      await new Promise((resolve) => setTimeout(resolve, 200)); // it is at rest by then
      await watched.hangUp();
      const event = await watched.event("ended");
      assert.ok(event.reason === "connection");
      assert.equal(event.error.code, "UNAVAILABLE");
      assert.match(event.error.message, /^Cannot copy ".*settings" to ".*": UNAVAILABLE \(the peer /);
      watched.volume.write(version(2, "a"));
      await new Promise((resolve) => setTimeout(resolve, 1500));
    })
    .catch((error: Error & { code?: string }) => assert.equal(error.code, "ERR_SERVER_NOT_RUNNING"));
  assert.deepEqual(isNews(watched), ["ended"]);
});

watchTest("a policy that refuses the link that turns over ends the watch", async (watched) => {
  watched.volume.write(version(1, "a"));
  await new Promise((resolve) => setTimeout(resolve, 200)); // it is at rest by then
  const refusing = new Refusing((path) => path.endsWith("/..data"));
  refusing.refusal = { code: 7, message: "CopyFileRequest is blocked by policy" };
  await watched.share({ onRequest: refusing.onRequest }, async () => {
    const event = await watched.event("ended");
    assert.ok(event.reason === "link-refused");
    assert.match(event.link, /\/\.\.data$/);
  });
});

watchTest(
  "a policy that refuses a later turn ends the watch, and is not called an update",
  async (watched) => {
    watched.volume.write(version(1, "a"));
    chownSync(watched.volume.path, 0, GROUP);
    const refusing = new Refusing((path) => path.endsWith("/..data"));
    await watched.share({ generation: "4.0", onRequest: refusing.onRequest }, async () => {
      refusing.refusal = { code: 7, message: "CopyFileRequest is blocked by policy" };
      watched.volume.write(version(2, "a"));
      await watched.event("ended");
      // This agent gives a directory the group of what it writes into it.
      assert.equal(statSync(watched.arrived).gid, GROUP);
      assert.deepEqual(isNews(watched), ["ended"]);
      assert.deepEqual(readVolume(watched.arrived), version(1, "a"));
    });
  },
);

watchTest("an answer that never comes is a failure, and tried again", async (watched) => {
  watched.volume.write(version(1, "a"));
  let isSilent = false;
  const onRequest = () => {
    const wasSilent = isSilent;
    isSilent = false;
    return wasSilent ? new Promise<undefined>(() => {}) : undefined;
  };
  await watched.share(
    { onRequest },
    async () => {
      isSilent = true;
      watched.volume.write(version(2, "a"));
      assert.equal((await watched.event("failed")).error.code, "DEADLINE_EXCEEDED");
      await watched.equal();
    },
    { copy: { timeoutMs: 1000 } },
  );
});

watchTest("a watch that is stopped while it sends sends nothing more", async (watched) => {
  watched.volume.write(version(1, "a", "b", "c"));
  let open = 0;
  const onRequest = async () => {
    open += 1;
    await new Promise((resolve) => setTimeout(resolve, 30));
    open -= 1;
    return undefined;
  };
  await watched.share({ onRequest }, async (share) => {
    watched.requests = [];
    watched.volume.write(version(2, "a", "b", "c"));
    while (watched.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await share.unshareContainer({ id: "c1" });
    const count = watched.requests.length;
    assert.equal(open, 0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(watched.requests.length, count);
    assert.deepEqual(readVolume(watched.arrived), version(1, "a", "b", "c"));
  });
  assert.deepEqual(watched.events, []);
});

watchTest("a logger that throws keeps nothing from the listener", async (watched) => {
  watched.volume.write(version(1, "a"));
  const logger = {
    debug: () => {
      throw new Error("no disk");
    },
  };
  await watched.share(
    {},
    async () => {
      watched.volume.write(version(2, "a"));
      await watched.event("updated");
    },
    { logger },
  );
});

watchTest("what the listener throws harms nobody", async (watched) => {
  watched.volume.write(version(1, "a"));
  await watched.share(
    {},
    async () => {
      watched.volume.write(version(2, "a"));
      await watched.equal();
      watched.volume.write(version(3, "a"));
      await watched.equal();
    },
    {
      onWatch: () => {
        throw new Error("not now");
      },
    },
  );
});
