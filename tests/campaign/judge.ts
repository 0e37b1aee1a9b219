import { readdirSync } from "node:fs";
import { rejectionOf } from "../support/faults/sweep.ts";
import { mountsBelow } from "../support/mounts.ts";
import { withBindMounts } from "../support/sandbox/full.ts";
import type { Scratch } from "../support/scratch.ts";
import { openFiles } from "../support/state.ts";
import { boundAgain, type Damage, foreignMark, isHiding, readOnlyHub } from "./damage.ts";
import { removeForeign } from "./foreign.ts";
import { contentOf, type Look, missingFrom } from "./look.ts";
import { isKnown, messageOf, type Operation, saysLeft } from "./operation.ts";

const MOST_CLEANUPS = 4;

/** What there was before an operation, what there is after it, and how it ended. */
export interface Seen {
  readonly before: Look;
  readonly after: Look;
  readonly error: unknown;
}

/** What an operation did that it may not. */
export function judge({ name, adds, takes, shows }: Operation, { before, after, error }: Seen): string[] {
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

/** What an operation says that it has done is there for the guest, and a sandbox that was prepared can be used. */
export async function judgeUse(
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
  const refusal = await rejectionOf(later);
  if (refusal !== undefined) return [`prepared, and of no use: ${messageOf(refusal)}`];
  const content = contentOf(scratch.view(`c9-${"9".repeat(16)}-l`));
  return content === "later" ? [] : ["prepared, and the guest sees nothing new"];
}

/** What others put there they have to take away; then nothing may be left, and no call fail. */
export async function judgeCleanup(scratch: Scratch, damages: readonly Damage[]): Promise<string[]> {
  const isBoundAgain = damages.some(({ name }) => name.endsWith(boundAgain));
  let last: unknown;
  for (let i = 0; i < MOST_CLEANUPS; i += 1) {
    // A forged mark on a guard that is read-only cannot be removed: who knows that it is forged says so.
    const force = i > 0 && damages.some(({ name }) => name === foreignMark);
    last = await rejectionOf(scratch.share(withBindMounts(scratch)).cleanup({ force }));
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

/** What was shared is still there. */
export function judgeSources({ path }: Scratch): string[] {
  const sources = {
    file: "file",
    "tree/below/deep": "tree/below/deep",
    "image/etc/passwd": "image/etc/passwd",
  };
  const lost = Object.entries(sources).filter(([name, content]) => contentOf(`${path}/${name}`) !== content);
  return lost.map(([name]) => `a source was lost: ${name}`);
}
