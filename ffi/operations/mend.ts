import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import type { PlanOf, RequestOf } from "../../mod.ts";
import { type Finding, type FoundSandbox, type PlannedSteps, toMend } from "../../table/mod.ts";
import { checkOptionNames, type OptionNames } from "../../words/option-names.ts";
import { NotAtHand } from "../linux/cached-source.ts";
import type { Host } from "../linux/host.ts";
import { SyscallError } from "../linux/syscall-error.ts";
import { findingsIn, lookAround } from "../live/audit-inputs.ts";
import type { Performer } from "../performer.ts";
import { auditSandbox, directoryOf } from "./inspect.ts";

/** What a sandbox should be. */
export interface MendOptions {
  /**
   * All plans that were performed for the sandbox, the one of `prepare` first: then shares are made again, and what no plan makes goes.
   * Without plans a share that has to be made again is removed instead.
   */
  readonly plans?: readonly PlannedSteps[] | undefined;
}

const names: OptionNames<MendOptions> = { plans: true };

/** Makes a sandbox as it should be, and gives what is wrong still: `FilesystemShare.mend`. */
export async function mend(performer: Performer, options: MendOptions = {}): Promise<readonly Finding[]> {
  const { core, host } = await performer.open();
  // Planned once more under the lock, by what is there then.
  const planNow = async (): Promise<PlanOf<"mend">> => core.plan(await mendRequest(performer, options));
  await performer.perform(host, await planNow(), { planUnderLock: planNow });
  return auditSandbox(performer, options);
}

/** The request to mend a sandbox as it is now. */
export async function mendRequest(
  performer: Performer,
  options: MendOptions = {},
): Promise<RequestOf<"mend">> {
  checkOptionNames(options, names);
  const { core, host } = await performer.open();
  const { plans } = options;
  const { sandbox } = performer;
  const { directory } = core.plan({ op: "cleanup", sandbox });
  const real = await directoryOf(performer);
  const seen = await lookAround(host.sys, { hostDir: dirname(real), directory: real });
  const findings = await findingsIn(host.sys, seen, { plans });
  const own = findings.filter((finding) => finding.directory === real);
  const realPaths = { ...realSources(host, plans ?? []), [directory]: real };
  const [found] = seen.found;
  const users = found ? usersByPath(found, seen.files[0]?.users ?? {}) : {};
  return {
    op: "mend",
    sandbox,
    ...toMend(seen.table, directory, { ...(plans && { plans }), findings: own, users, realPaths }),
  };
}

function usersByPath(
  { shares }: FoundSandbox,
  users: Readonly<Record<string, readonly string[]>>,
): Record<string, readonly string[]> {
  return Object.fromEntries(shares.map(({ mount, name }) => [mount.target, users[name] ?? []]));
}

// Where links lead to. A source that a server has to be asked for is taken by the path that it has.
function realSources(host: Host, plans: readonly PlannedSteps[]): Record<string, string> {
  const steps = plans.flatMap((plan) => plan.steps);
  const sources = new Set(steps.flatMap((step) => (step.op === "bind" ? step.source : [])));
  return Object.fromEntries([...sources].map((source) => [source, realPath(host, source)]));
}

function realPath({ sys, sources }: Host, path: string): string {
  try {
    const bytes = sys.using(sources.openPath(path), (fd) => sys.pathOf(fd));
    return Buffer.from(bytes, "latin1").toString();
  } catch (error) {
    if (error instanceof NotAtHand || error instanceof SyscallError) return path;
    throw error;
  }
}
