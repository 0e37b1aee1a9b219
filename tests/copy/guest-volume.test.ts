import assert from "node:assert/strict";
import { test } from "node:test";
import { AgentError } from "../../ffi/agent/agent-error.ts";
import { CopyError } from "../../ffi/copy/copy-error.ts";
import { GuestVolume } from "../../ffi/watch/guest-volume.ts";

// What an update knows of the guest's links after earlier ones that failed.

const guestPath = "/run/shared/config/name";
const item = { path: "/srv/config/name", guestPath };
const result = { entries: 0, bytes: 0, skipped: [], warnings: [] };
const unfinished = [{ guestPath, temporaryPath: `${guestPath}~`, bytes: 0 }];
const state = { result, unfinished, trouble: "agent" } as const;
const call = { request: "copyFile", path: guestPath, sent: "all", code: "INTERNAL" } as const;
const closed = { ...call, trouble: "connection", reason: "the connection is gone" } as const;
const exists = { ...call, trouble: "status", reason: "EEXIST: File exists" } as const;

const failedBy = (failure: typeof closed | typeof exists) =>
  new CopyError(item, new AgentError(failure), state);

function guestAfter(failedUpdate: (guest: GuestVolume) => void): GuestVolume {
  const guest = new GuestVolume("/run/shared/config");
  guest.begin();
  guest.sending("name", "there");
  failedUpdate(guest);
  guest.begin();
  return guest;
}

test("a link whose answer was lost has arrived, if the agent says next time that its name is taken", () => {
  const guest = guestAfter((update) => assert.equal(update.learn(failedBy(closed)), false));
  guest.sending("name", "there");
  assert.equal(guest.learn(failedBy(exists)), true);
  assert.equal(guest.needs("name", "there"), false);
});

test("what an update sends as a file is not taken for the link that an earlier update sent", () => {
  const guest = guestAfter((update) => update.settled("name", "there", true));
  assert.equal(guest.learn(failedBy(closed)), false); // the name is a file's here
  guest.begin();
  guest.sending("name", "there");
  assert.equal(guest.learn(failedBy(exists)), false);
});
