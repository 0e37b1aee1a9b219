import { existsSync } from "node:fs";
import type { Container, HeldShare, Mount, Op, PlanOf, RequestOf, Requests } from "../../mod.ts";
import { checkOptionNames } from "../../words/option-names.ts";
import { mountWithFacts, withFacts } from "../facts.ts";
import { pathsInHub } from "../linux/hub-shares.ts";
import {
  type CleanupOptions,
  cleanupNames,
  randomHex,
  type ShareContainerOptions,
  type ShareFileOptions,
  shareContainerNames,
  shareFileNames,
} from "../options.ts";
import type { Performer } from "../performer.ts";
import { sourceFailure } from "../source-failure.ts";

/** What each operation is called with. */
export interface PlanArguments {
  prepare: [];
  cleanup: [options?: CleanupOptions];
  shareFile: [container: Container, mount: Mount, options?: ShareFileOptions];
  unshareFile: [container: Container, mount: Mount];
  shareRootFilesystem: [container: Container];
  unshareRootFilesystem: [container: Container];
  shareContainer: [container: Container, options?: ShareContainerOptions];
  unshareContainer: [container: Container];
}

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
}

type Outlines = { [O in Op]: (performer: Performer, ...args: PlanArguments[O]) => Outline<O> };

/** Plans an operation as it would be performed now: `FilesystemShare.plan`. */
export async function planOperation<O extends Op>(
  performer: Performer,
  operation: O,
  args: PlanArguments[O],
): Promise<PlannedOperation<O>> {
  if (!Object.hasOwn(outlines, operation))
    throw new TypeError(`there is no operation ${JSON.stringify(operation)}`);
  const { core, host } = await performer.open();
  const outline: Outline<O> = (outlines[operation] as Outlines[O])(performer, ...args);
  const plan = (request: Requests[O]) => core.plan(request as RequestOf<O>) as PlanOf<O>;
  try {
    const request = { ...outline.request, ...(await outline.look?.()) };
    return Object.freeze({ request, plan: plan(request) });
  } catch (error) {
    throw sourceFailure(host, error, () => plan(outline.request));
  }
}

const outlines: Outlines = {
  prepare: ({ sandbox }) => ({ request: { op: "prepare", sandbox } }),
  cleanup: outlineCleanup,
  shareFile: outlineShareFile,
  unshareFile: (performer, container, mount) => ({
    request: { op: "unshareFile", sandbox: performer.sandbox, container, mount },
    look: () => hubShares(performer),
  }),
  shareRootFilesystem: (performer, container) => ({
    request: { op: "shareRootFilesystem", sandbox: performer.sandbox, container },
    async look() {
      const { host } = await performer.open();
      const seen = await withFacts(host, { ...container, mounts: [] }, performer.limits());
      return { container: { ...seen, mounts: container.mounts ?? [] } };
    },
  }),
  unshareRootFilesystem: ({ sandbox }, container) => ({
    request: { op: "unshareRootFilesystem", sandbox, container },
  }),
  shareContainer: outlineShareContainer,
  unshareContainer: (performer, container) => ({
    request: { op: "unshareContainer", sandbox: performer.sandbox, container },
    look: () => hubShares(performer),
  }),
};

function outlineCleanup(performer: Performer, options: CleanupOptions = {}): Outline<"cleanup"> {
  checkOptionNames(options, cleanupNames);
  const request = { op: "cleanup", sandbox: performer.sandbox } as const;
  if (!options.revoke) return { request };
  const look = async () => {
    const { core, host } = await performer.open();
    const { directory } = core.plan(request);
    return existsSync(directory) ? { revoke: await pathsInHub(host.table, directory) } : {};
  };
  return { request, look };
}

function outlineShareFile(
  performer: Performer,
  container: Container,
  mount: Mount,
  options: ShareFileOptions = {},
): Outline<"shareFile"> {
  checkOptionNames(options, shareFileNames);
  const { random = randomHex(), together = false, signal } = options;
  const request = { op: "shareFile", sandbox: performer.sandbox, container, mount, random } as const;
  const look = async () => {
    const { core, host } = await performer.open();
    // A share of its own is planned without a look at its source.
    if (!together && core.plan(request).steps[0]?.op !== "copy") return {};
    const seen = await mountWithFacts(host, mount, performer.limits(signal), container.bundle);
    return { mount: seen, ...performer.copied(), ...(together && (await hubShares(performer))) };
  };
  return { request, look };
}

function outlineShareContainer(
  performer: Performer,
  container: Container,
  options: ShareContainerOptions = {},
): Outline<"shareContainer"> {
  checkOptionNames(options, shareContainerNames);
  const mounts = Array.isArray(container?.mounts) ? container.mounts : [];
  const random = options.random ?? mounts.map(() => randomHex());
  const look = async () => {
    const { host } = await performer.open();
    const seen = await withFacts(host, container, performer.limits(options.signal));
    return { container: seen, ...performer.copied(), ...(await hubShares(performer)) };
  };
  return { request: { op: "shareContainer", sandbox: performer.sandbox, container, random }, look };
}

async function hubShares(performer: Performer): Promise<{ held: HeldShare[] }> {
  const { core, host } = await performer.open();
  const { directory } = core.plan({ op: "cleanup", sandbox: performer.sandbox });
  return { held: await performer.hubShares(host, directory) };
}
