/**
 * The program of the child that looks at the mounts of a node for a monitor: in a process of its own, no pod waits for it, and it may
 * enter the mount namespace of the runtime. It ends with its input.
 */
import { existsSync } from "node:fs";
import process from "node:process";
import { createInterface } from "node:readline";
import { enterMounts, listenerOf } from "../../ffi/mod.ts";
import { MountFollower, reportsMounts } from "./follow-mounts.ts";
import { foundOf, loadForLooks, lookInto } from "./look.ts";
import type { Line, LivingAnswer, Order, Where } from "./protocol.ts";

const say = (line: Line) => void process.stdout.write(`${JSON.stringify(line)}\n`);

const follower = new MountFollower((directory, attached, detached) =>
  say({ kind: "mounts", directory, attached, detached }),
);
let known: { readonly version: number; readonly ids: ReadonlySet<string> | undefined } = {
  version: -1,
  ids: undefined,
};
let answered: () => void = () => {};

/** Who lives now; undefined where nobody knows. */
async function askLiving(): Promise<ReadonlySet<string> | undefined> {
  say({ kind: "living?", version: known.version });
  await new Promise<void>((resolve) => {
    answered = resolve;
  });
  return known.ids;
}

function note({ version, ids }: LivingAnswer): void {
  if (ids === undefined) known = { ...known, version };
  else known = { version, ids: ids === null ? undefined : new Set(ids) };
}

async function enter({ process: named, socket }: Where): Promise<void> {
  await loadForLooks();
  const other = named ?? (socket === undefined ? undefined : await runtimeOn(socket));
  if (named !== undefined && !existsSync(`/proc/${named}`)) throw new Error(`there is no process ${named}`);
  const isElsewhere = other !== undefined && (await enterMounts(other));
  say({ kind: "ready", process: other, isElsewhere, isFollowed: reportsMounts() });
}

// Without a runtime that listens, or one that this process may see, the mounts are those that are seen here.
async function runtimeOn(socket: string): Promise<number | undefined> {
  return listenerOf(socket).catch(() => undefined);
}

async function answer(order: Order): Promise<void> {
  if (order.op === "enter") return enter(order);
  note(order.op === "look" ? order.living : order);
  if (order.op === "living") return answered();
  const found = foundOf(order.directories);
  if (reportsMounts()) follower.follow(found);
  for (const hostDir of found)
    for (const sandbox of await lookInto(hostDir, order, askLiving)) say({ kind: "sandbox", ...sandbox });
  say({ kind: "looked", found });
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  answer(JSON.parse(line) as Order).catch((error: unknown) =>
    say({ kind: "failed", why: error instanceof Error ? error.message : String(error) }),
  );
});
lines.on("close", () => process.exit(0));
