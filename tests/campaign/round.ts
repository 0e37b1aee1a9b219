import type { Libc } from "../../ffi/mod.ts";
import { rejectionOf } from "../support/faults/sweep.ts";
import { faulty } from "../support/faults/wrapped-libc.ts";
import { libc } from "../support/runtimes.ts";
import { type FullSandbox, fill, fullSandbox, withBindMounts } from "../support/sandbox/full.ts";
import type { Scratch } from "../support/scratch.ts";
import { anyDamage, type Damage } from "./damage.ts";
import type { Dice } from "./dice.ts";
import { judge, judgeCleanup, judgeSources, judgeUse } from "./judge.ts";
import { look } from "./look.ts";
import { messageOf, operations } from "./operation.ts";

const errnos = {
  ...{ EPERM: 1, EIO: 5, ENOMEM: 12, EACCES: 13, EBUSY: 16, EINVAL: 22 },
  ...{ EMFILE: 24, ENOSPC: 28, ENOSYS: 38, ENOTCONN: 107 },
};
const MOST_DAMAGES = 3;
const LAST_CALL = 120;

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
  const error = await rejectionOf(operation.perform(scratch.share(bound, { libc: broken }), full));
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
    return half === undefined || count <= half || args[0].startsWith("close")
      ? libc.call(...args)
      : -errnos.EIO;
  };
  await rejectionOf(fill(scratch, full, { libc: { name: libc.name, call } }));
}
