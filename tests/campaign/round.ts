import { readdirSync } from "node:fs";
import type { Libc } from "../../ffi/mod.ts";
import { type FullSandbox, fill, fullSandbox, withBindMounts } from "../support/full-sandbox.ts";
import { mountsBelow } from "../support/mounts.ts";
import { libc } from "../support/runtimes.ts";
import type { Scratch } from "../support/scratch.ts";
import { openFiles } from "../support/state.ts";
import { faulty } from "../support/wrapped-libc.ts";
import { anyDamage, boundAgain, type Damage, isHiding, readOnlyHub, removeForeign } from "./damage.ts";
import type { Dice } from "./dice.ts";
import { contentOf, type Look, look, missingFrom } from "./look.ts";
import { isKnown, type Operation, operations, saysLeft } from "./operation.ts";

const errnos = {
  ...{ EPERM: 1, EIO: 5, ENOMEM: 12, EACCES: 13, EBUSY: 16, EINVAL: 22 },
  ...{ EMFILE: 24, ENOSPC: 28, ENOSYS: 38, ENOTCONN: 107 },
};
const MOST_DAMAGES = 3;
const LAST_CALL = 120;
const MOST_CLEANUPS = 4;

/** What came of a round. */
export interface Outcome {
  /** What was done, in words. */
  readonly story: string;
  /** Whether a call failed that was to fail. */
  readonly isHit: boolean;
  /** What an operation may not do, and did. */
  readonly wrong: readonly string[];
}

/** Fills a sandbox, damages it, and tries one operation of which one call may fail. Nothing may be lost, nothing left. */
export async function playRound(scratch: Scratch, dice: Dice): Promise<Outcome> {
  const full = fullSandbox(scratch);
  const bound = withBindMounts(scratch);
  const half = dice.onceIn(3) ? dice.below(LAST_CALL) : undefined;
  await begin(scratch, full, half);
  const damages = Array.from({ length: dice.below(MOST_DAMAGES + 1) }, () => anyDamage(dice));
  for (const { apply } of damages) apply(scratch);

  const operation = dice.oneOf(operations);
  const at = dice.onceIn(5) ? 0 : 1 + dice.below(1 + dice.below(LAST_CALL));
  const code = dice.oneOf(Object.keys(errnos)) as keyof typeof errnos;
  const broken = faulty(libc, { at, errno: errnos[code] });
  const before = look(scratch);
  const error = await endOf(operation.perform(scratch.share(bound, { libc: broken }), full));
  const after = look(scratch);
  const failing = broken.failed() ? `, call ${at} (${broken.failed()}) ${code}` : "";
  const wrong = [
    ...judge(operation, { before, after, error }),
    ...(error === undefined ? await judgeUse(scratch, operation, damages) : []),
    ...(await judgeCleanup(scratch, damages)),
    ...judgeSources(scratch),
  ];
  const state = half === undefined ? "full" : `killed at call ${half}`;
  const story = [state, ...damages.map(({ name }: Damage) => name), `${operation.name}${failing}`].join("; ");
  return { story: `${story}: ${messageOf(error)}`, isHit: broken.failed() !== undefined, wrong };
}

// A sandbox that is full, or as a process leaves it that is killed at a call: from then on it makes none.
async function begin(scratch: Scratch, full: FullSandbox, half: number | undefined): Promise<void> {
  let count = 0;
  const call: Libc["call"] = (...args) => {
    count += 1;
    return half === undefined || count <= half || args[0] === "close" ? libc.call(...args) : -errnos.EIO;
  };
  await endOf(fill(scratch, full, { libc: { name: libc.name, call } }));
}

interface Seen {
  readonly before: Look;
  readonly after: Look;
  readonly error: unknown;
}

function judge({ name, adds, takes, shows }: Operation, { before, after, error }: Seen): string[] {
  const wrong: string[] = [];
  const lost = [...before.visible].filter(
    ([path, content]) => !takes.includes(path) && after.visible.get(path) !== content,
  );
  if (lost.length > 0) wrong.push(`lost: ${lost.map(([path]) => path).join(", ")}`);
  if (error !== undefined && !isKnown(error)) wrong.push(`odd error: ${messageOf(error)}`);
  const outside = missingFrom(before.outside, after.outside);
  if (outside.length > 0) wrong.push(`lost outside: ${outside[0]}`);
  if (adds) {
    const gone = missingFrom(before.mounts, after.mounts);
    if (gone.length > 0) wrong.push(`lost mount: ${gone[0]}`);
  }
  if (adds && error !== undefined && !saysLeft(error)) {
    const left = [
      ...missingFrom(after.mounts, before.mounts),
      ...missingFrom(after.tree, before.tree),
      ...missingFrom(before.tree, after.tree),
    ];
    if (left.length > 0) wrong.push(`left: ${left[0]}`);
  }
  if (error === undefined && shows.length + takes.length === 0 && name !== "prepare") wrong.push("no rule");
  return wrong;
}

// What an operation says that it has done is there for the guest, and a sandbox that was prepared can be used.
async function judgeUse(
  scratch: Scratch,
  { name, shows }: Operation,
  damages: readonly Damage[],
): Promise<string[]> {
  const hidden = damages.some(isHiding)
    ? []
    : shows.filter((path) => contentOf(scratch.view(path)) === undefined);
  if (hidden.length > 0) return [`not seen by the guest: ${hidden.join(", ")}`];
  if (name !== "prepare" || damages.some(({ name }) => name === readOnlyHub)) return [];
  const source = scratch.file("later");
  const later = scratch
    .share()
    .shareFile({ id: "c9" }, { source, destination: "/l" }, { random: "9".repeat(16) });
  const refusal = await endOf(later);
  if (refusal !== undefined) return [`prepared, and of no use: ${messageOf(refusal)}`];
  const content = contentOf(scratch.view(`c9-${"9".repeat(16)}-l`));
  return content === "later" ? [] : ["prepared, and the guest sees nothing new"];
}

// What others put there they have to take away; then nothing may be left, and no call fail.
async function judgeCleanup(scratch: Scratch, damages: readonly Damage[]): Promise<string[]> {
  const isBoundAgain = damages.some(({ name }) => name.endsWith(boundAgain));
  let last: unknown;
  for (let i = 0; i < MOST_CLEANUPS; i += 1) {
    last = await endOf(scratch.share(withBindMounts(scratch)).cleanup());
    if (!removeForeign(scratch, isBoundAgain) && last === undefined) break;
  }
  const left = [...mountsBelow(scratch.hostDir).map(({ point }) => point), ...readdirSync(scratch.hostDir)];
  const open = openFiles().filter((path) => path.startsWith(scratch.path));
  return [
    ...(last === undefined ? [] : [`cleanup cannot: ${messageOf(last)}`]),
    ...(left.length === 0 ? [] : [`left after cleanup: ${left.join(", ")}`]),
    ...(open.length === 0 ? [] : [`open: ${open.join(", ")}`]),
  ];
}

function judgeSources({ path }: Scratch): string[] {
  const sources = {
    file: "file",
    "tree/below/deep": "tree/below/deep",
    "image/etc/passwd": "image/etc/passwd",
  };
  const lost = Object.entries(sources).filter(([name, content]) => contentOf(`${path}/${name}`) !== content);
  return lost.map(([name]) => `a source was lost: ${name}`);
}

function endOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : "done";
}
