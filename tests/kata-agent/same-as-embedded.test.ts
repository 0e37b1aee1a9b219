import assert from "node:assert/strict";
import { lstatSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import type { Agent } from "../../ffi/agent/agent.ts";
import { connectAgent } from "../../ffi/agent/ttrpc-agent.ts";
import { EmbeddedGuest } from "../../ffi/guest/embedded-guest.ts";
import { type Asked, ask, DIR, LNK, REG } from "../support/agent/asking.ts";
import { listing } from "../support/copy/listing.ts";
import { libc } from "../support/runtimes.ts";
import { generation } from "./support/agent-program.ts";
import { type AgentPlace, agentTest } from "./support/agent-test.ts";

const RUNS = 100;

const ids = fc.constantFrom(0, 1000, 2 ** 31 + 5);
const names = fc.constantFrom("a", "b", "a.tmp", "a.txt", "b.tmp", ".tmp", "c..tmp");

/** Requests in which names meet again and again. */
const asked: fc.Arbitrary<Asked> = fc.record({
  path: fc.array(names, { minLength: 1, maxLength: 3 }).map((way) => way.join("/")),
  mode: fc
    .tuple(
      fc.constantFrom(REG, REG, DIR, LNK, 0, 0o010000, 0o140000),
      fc.constantFrom(0o644, 0o755, 0o6755, 0o1777, 0o2640, 0),
    )
    .map(([kind, mode]) => kind | mode),
  dirMode: fc.constantFrom(0x800001e8, DIR | 0o755, 0o2770, 0o700),
  data: fc.constantFrom("", "a", "b", "xyz", "a/b", "nowhere"),
  uid: ids,
  gid: ids,
  offset: fc.constantFrom(0, 0, 0, 3),
});

/** A request for a file that is whole, or not yet. */
const sized = fc.tuple(asked, fc.constantFrom(true, true, false)).map(([request, isWhole]) => {
  const length = request.data?.length ?? 0;
  return { ...request, size: isWhole ? (request.offset ?? 0) + length : 100 };
});

// The embedded guest follows no link, for its directory is on this machine. A real agent follows those on the way, and one
// before 4.0 also what has a temporary name, and a link in the place of a directory.
function followsLink(root: string, { path, mode }: Asked): boolean {
  const way = path.split("/");
  const above = way.map((_, i) => way.slice(0, i).join("/"));
  const beside = generation === "4.0" ? [] : [path, temporaryOf(path)];
  const leads = (name: string) => isLink(join(root, name));
  return above.some(leads) || ((mode & LNK) !== LNK && beside.some(leads));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function temporaryOf(path: string): string {
  const [name = "", above] = [path.split("/").at(-1), dirname(path)];
  return join(above, name === ".tmp" ? ".tmp.tmp" : `${name.replace(/\.[^.]*$/, "")}.tmp`);
}

/** Asks both for the same, and compares what they answer and what is there then. */
async function compare(
  place: AgentPlace,
  other: Agent,
  requests: readonly Asked[],
  run: string,
): Promise<void> {
  const done: string[] = [];
  for (const request of requests) {
    const below = { ...request, path: `${run}/${request.path}` };
    if (followsLink(place.guestDirectory, below)) continue;
    const outcome = await ask(place.agent, below);
    done.push(`${JSON.stringify(request)} ${outcome}`);
    assert.equal(await ask(other, below), outcome, done.join("\n"));
  }
  assert.deepEqual(listing(embeddedIn(place, run)), listing(place.arrived(run)), done.join("\n"));
}

const embeddedIn = ({ path }: AgentPlace, name: string) => join(path, "embedded", name);

agentTest(`an embedded guest of ${generation} does what this agent does`, async (place) => {
  mkdirSync(embeddedIn(place, ""));
  const socketPath = join(place.path, "embedded.sock");
  const guest = await EmbeddedGuest.serve(embeddedIn(place, ""), socketPath, { libc, generation });
  const other = await connectAgent(`unix://${socketPath}`);
  let run = 0;
  const property = fc.asyncProperty(fc.array(sized, { minLength: 1, maxLength: 20 }), (requests) => {
    run += 1;
    return compare(place, other, requests, `run${run}`);
  });
  try {
    await fc.assert(property, { numRuns: RUNS });
  } finally {
    await other.close();
    await guest.close();
  }
});
