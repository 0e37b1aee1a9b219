import type { PlanRequest, Sandbox } from "../../mod.ts";
import type { FoundShare } from "../../table/mod.ts";
import { insteadOf, nearestOf } from "../../words/nearest.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";
import type { Io } from "../io.ts";
import { openShare, type ShareOptions, sandboxOf } from "../open-share.ts";
import { holdersOf } from "../plan/holders.ts";
import { containersOf, directoryOf, sharesOf } from "../plan/in-sandbox.ts";
import { planOnline } from "../plan/plan-requests.ts";
import type { PlannedRequest } from "../plan/planned.ts";
import { perform } from "./apply.ts";

interface RemoveOptions extends ShareOptions {
  readonly strict?: boolean;
}

/** `guestshare remove`: removes all that containers share. */
export async function remove(io: Io, words: readonly string[], options: RemoveOptions): Promise<number> {
  const sandbox = sandboxOf(io, options);
  const share = await openShare(io, sandbox, options);
  const shares = await sharesOf(share, sandbox);
  const requests = words.flatMap((id) => requestsOf(id, shares, sandbox));
  const planned = await planOnline(requests, () => share, io.signal);
  if (options.strict) mustBeFree(`${directoryOf(sandbox)}/mounts`, planned);
  return perform(io, planned, false, options);
}

function requestsOf(id: string, shares: readonly FoundShare[], sandbox: Sandbox): PlanRequest[] {
  const known = containersOf(shares);
  if (!known.includes(id)) throw notThere(id, known);
  const container = { id };
  const hub = `${directoryOf(sandbox)}/mounts`;
  const own = shares.filter((one) => (one.kind === "own" || one.kind === "placed") && one.container === id);
  return [
    ...own.map(({ name, source }): PlanRequest => {
      const mount = { source: source.hostPath ?? name, destination: `/${name}`, hostPath: `${hub}/${name}` };
      return { op: "unshareFile", sandbox, container, mount };
    }),
    { op: "unshareContainer", sandbox, container },
  ];
}

function notThere(id: string, known: readonly string[]): CommandError {
  const list = known.length === 0 ? "no container shares anything here" : `there are ${known.join(", ")}`;
  return new CommandError({
    what: `Cannot remove container ${JSON.stringify(id)}`,
    why: "it shares nothing in this sandbox; nothing was done",
    next: nearestOf(id, known) === undefined ? list : insteadOf(id, known),
    exitCode: ExitCode.failed,
  });
}

// What is unmounted lives on for whoever has it open: a guest may still write.
function mustBeFree(hub: string, planned: readonly PlannedRequest[]): void {
  const steps = planned.flatMap(({ plan }) => plan.steps);
  const targets = steps.flatMap((step) => (step.op === "umount" ? [step.target] : []));
  const { holders, unseen } = holdersOf(hub, targets);
  if (holders.length === 0 && unseen.length === 0) return;
  const held = holders.map(
    ({ pid, program, how, path }) => `process ${pid} (${program}) has ${path} as ${how}`,
  );
  const hidden = unseen.length === 0 ? [] : [`processes ${unseen.join(", ")} could not be looked at`];
  throw new CommandError({
    what: "Cannot remove what is still held: EBUSY",
    why: [...held, ...hidden].join("; "),
    next: "end who holds it, or leave out --strict: it is unmounted, and lives on for them alone",
    exitCode: ExitCode.busy,
  });
}
