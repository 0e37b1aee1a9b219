import type { Container, HeldShare, Mount, Op, PlanOf, RequestOf, Requests } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { withFacts } from "../facts.ts";
import { pathsInHub } from "../linux/hub-paths.ts";
import { randomHex } from "../linux/random.ts";
import type { Opened } from "../opened.ts";
import type { Performer } from "../performer.ts";
import {
  type CleanupOptions,
  cleanupNames,
  type ShareContainerOptions,
  type ShareFileOptions,
  shareContainerNames,
  shareFileNames,
} from "../share-options.ts";
import { sourceFailure } from "../source-failure.ts";
import { mendRequest } from "./mend.ts";
import { mustLiveHere } from "./must-live-here.ts";
import { identitiesOf } from "./plan-again.ts";
import type { PlanArguments } from "./plan-arguments.ts";

/** An operation that was planned, and not performed. */
export interface PlannedOperation<O extends Op> {
  /** What the core was asked, with what was seen of the sources and of the hub. */
  readonly request: Requests[O];
  /** What the operation would do now. */
  readonly plan: PlanOf<O>;
}

/** A request as far as it needs no look at this machine, and that look. */
interface Outline<O extends Op> {
  readonly request: Requests[O];
  look?(): Promise<Partial<Requests[O]>>;
  /** Whether it is performed also where the sandbox lives in another mount namespace. */
  readonly isForced?: boolean | undefined;
}

/** Whose operation it is, and the core and host that were opened for it. */
interface Planner extends Opened {
  readonly performer: Performer;
}

type Outlines = { [O in Op]: (planner: Planner, ...args: PlanArguments[O]) => Outline<O> };

/** Plans an operation as it would be performed now: `FilesystemShare.plan`. */
export async function planOperation<O extends Op>(
  performer: Performer,
  operation: O,
  args: PlanArguments[O],
): Promise<PlannedOperation<O>> {
  if (!Object.hasOwn(outlines, operation))
    throw new TypeError(`there is no operation ${JSON.stringify(operation)}`);
  const opened = await performer.open();
  const { core, host } = opened;
  const outline: Outline<O> = (outlines[operation] as Outlines[O])({ ...opened, performer }, ...args);
  const plan = (request: Requests[O]) => core.plan(request as RequestOf<O>) as PlanOf<O>;
  try {
    const request = { ...outline.request, ...(await outline.look?.()) };
    const planned = Object.freeze({ request, plan: plan(request) });
    if (!outline.isForced) await mustLiveHere(host, planned.plan);
    return planned;
  } catch (error) {
    throw sourceFailure(host, error, () => plan(outline.request));
  }
}

const outlines: Outlines = {
  prepare: ({ performer }) => ({ request: { op: "prepare", sandbox: performer.sandbox } }),
  cleanup: outlineCleanup,
  shareFile: outlineShareFile,
  unshareFile: (planner, container, mount) => ({
    request: { op: "unshareFile", sandbox: planner.performer.sandbox, container, mount },
    look: () => hubShares(planner),
  }),
  shareRootFilesystem: ({ performer, host }, container) => ({
    request: { op: "shareRootFilesystem", sandbox: performer.sandbox, container },
    async look() {
      const seen = await withFacts(host, { ...container, mounts: [] }, { limits: performer.limits() });
      return { container: { ...seen, mounts: container.mounts ?? [] } };
    },
  }),
  unshareRootFilesystem: ({ performer }, container) => ({
    request: { op: "unshareRootFilesystem", sandbox: performer.sandbox, container },
  }),
  shareContainer: outlineShareContainer,
  unshareContainer: (planner, container) => ({
    request: { op: "unshareContainer", sandbox: planner.performer.sandbox, container },
    look: () => hubShares(planner),
  }),
  mend: ({ performer }, options) => ({
    request: { op: "mend", sandbox: performer.sandbox, differences: [] },
    look: () => mendRequest(performer, options),
  }),
};

function outlineCleanup(
  { performer, core, host }: Planner,
  options: CleanupOptions = {},
): Outline<"cleanup"> {
  checkOptionNames(options, cleanupNames);
  const request = { op: "cleanup", sandbox: performer.sandbox } as const;
  const { force: isForced } = options;
  if (!options.revoke) return { request, isForced };
  const look = async () => {
    const { directory } = core.plan(request);
    return host.sys.exists(directory) ? { revoke: await pathsInHub(host, directory) } : {};
  };
  return { request, look, isForced };
}

function outlineShareFile(
  planner: Planner,
  container: Container,
  mount: Mount,
  options: ShareFileOptions = {},
): Outline<"shareFile"> {
  checkOptionNames(options, shareFileNames);
  const { performer, core, host } = planner;
  const { random = randomHex(host.sys), together = false, signal } = options;
  const request = { op: "shareFile", sandbox: performer.sandbox, container, mount, random } as const;
  const look = async () => {
    // A share of its own is planned without a look at its source.
    if (!together && core.plan(request).steps[0]?.op !== "copy") return {};
    const alone = { id: container.id, bundle: container.bundle, mounts: [mount] };
    const { mounts: [seen = mount] = [] } = await withFacts(host, alone, {
      limits: performer.limits(signal),
    });
    return {
      mount: seen,
      ...performer.copied(),
      ...(together && (await sharesLike(planner, { mounts: [seen] }))),
    };
  };
  return { request, look };
}

function outlineShareContainer(
  planner: Planner,
  container: Container,
  options: ShareContainerOptions = {},
): Outline<"shareContainer"> {
  checkOptionNames(options, shareContainerNames);
  const { performer, host } = planner;
  const mounts = Array.isArray(container?.mounts) ? container.mounts : [];
  const random = options.random ?? mounts.map(() => randomHex(host.sys));
  const look = async () => {
    const seen = await withFacts(host, container, { limits: performer.limits(options.signal) });
    return { container: seen, ...performer.copied(), ...(await sharesLike(planner, seen)) };
  };
  return { request: { op: "shareContainer", sandbox: performer.sandbox, container, random }, look };
}

// Those that may serve one of the sources.
async function sharesLike(
  { performer, core, host }: Planner,
  container: Pick<Container, "mounts">,
): Promise<{ held: HeldShare[] }> {
  const { directory } = core.plan({ op: "cleanup", sandbox: performer.sandbox });
  return { held: await performer.hubSharesLike(host, directory, () => identitiesOf(container)) };
}

async function hubShares({ performer, core, host }: Planner): Promise<{ held: HeldShare[] }> {
  const { directory } = core.plan({ op: "cleanup", sandbox: performer.sandbox });
  return { held: await performer.hubShares(host, directory) };
}
