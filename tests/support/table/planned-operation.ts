import { withFacts } from "../../../ffi/facts.ts";
import { hostOf } from "../../../ffi/linux/host.ts";
import { hubSharesIn, pathsInHub } from "../../../ffi/linux/hub-shares.ts";
import {
  type Container,
  type FilesystemShare,
  type HeldShare,
  loadSync,
  type Mount,
  type Plan,
  type Sandbox,
} from "../../../ffi/mod.ts";
import { libc } from "../runtimes.ts";

/** An operation that is planned before it is performed, with all that its plan depends on. */
export interface PlannedOperation {
  readonly name: string;
  /** The container that it is for, if it is for one. */
  readonly container?: string;
  plan(sandbox: Sandbox): Promise<Plan>;
  perform(share: FilesystemShare): Promise<unknown>;
}

const core = loadSync();
const host = hostOf(libc);

async function hubShares(sandbox: Sandbox): Promise<HeldShare[]> {
  const { directory } = core.plan({ op: "cleanup", sandbox });
  return (await hubSharesIn(host, directory)) as HeldShare[];
}

export const preparing: PlannedOperation = {
  name: "prepare",
  plan: async (sandbox) => core.plan({ op: "prepare", sandbox }),
  perform: (share) => share.prepare(),
};

export const cleaning: PlannedOperation = {
  name: "cleanup",
  plan: async (sandbox) => core.plan({ op: "cleanup", sandbox }),
  perform: (share) => share.cleanup(),
};

export const revoking: PlannedOperation = {
  name: "cleanup with revoke",
  plan: async (sandbox) => {
    const { directory } = core.plan({ op: "cleanup", sandbox });
    return core.plan({ op: "cleanup", sandbox, revoke: await pathsInHub(host, directory) });
  },
  perform: (share) => share.cleanup({ revoke: true }),
};

export function sharingFile(container: string, mount: Mount, random: string): PlannedOperation {
  const of = { container: { id: container }, mount, random };
  return {
    name: `sharing ${textOf(mount)}`,
    container,
    plan: async (sandbox) => core.plan({ op: "shareFile", sandbox, ...of }),
    perform: (share) => share.shareFile(of.container, mount, { random }),
  };
}

export function sharingTogether(container: string, mount: Mount, random: string): PlannedOperation {
  const of = { container: { id: container }, random };
  return {
    name: `sharing ${textOf(mount)} together`,
    container,
    plan: async (sandbox) => {
      const { mounts } = await withFacts(host, { id: container, mounts: [mount] });
      const seen = { mount: mounts?.[0] ?? mount, held: await hubShares(sandbox) };
      return core.plan({ op: "shareFile", sandbox, ...of, ...seen });
    },
    perform: (share) => share.shareFile(of.container, mount, { random, together: true }),
  };
}

export function unsharingFile(container: string, mount: Mount): PlannedOperation {
  return {
    name: `unsharing ${mount.hostPath}`,
    container,
    plan: async (sandbox) => {
      const held = await hubShares(sandbox);
      return core.plan({ op: "unshareFile", sandbox, container: { id: container }, mount, held });
    },
    perform: (share) => share.unshareFile({ id: container }, mount),
  };
}

export function sharingRoot(container: Container): PlannedOperation {
  return {
    name: `sharing the root ${container.rootFs?.target} ${container.rootFs?.options}`,
    container: container.id,
    plan: async (sandbox) => core.plan({ op: "shareRootFilesystem", sandbox, container }),
    perform: (share) => share.shareRootFilesystem(container),
  };
}

export function unsharingRoot(container: Container): PlannedOperation {
  return {
    name: "unsharing the root",
    container: container.id,
    plan: async (sandbox) => core.plan({ op: "unshareRootFilesystem", sandbox, container }),
    perform: (share) => share.unshareRootFilesystem(container),
  };
}

export function sharingContainer(container: Container, random: string[]): PlannedOperation {
  return {
    name: `sharing with ${(container.mounts ?? []).map(textOf).join("; ")}`,
    container: container.id,
    plan: async (sandbox) => {
      const seen = { container: await withFacts(host, container), held: await hubShares(sandbox) };
      return core.plan({ op: "shareContainer", sandbox, ...seen, random });
    },
    perform: (share) => share.shareContainer(container, { random }),
  };
}

export function unsharingContainer(id: string): PlannedOperation {
  return {
    name: "unsharing",
    container: id,
    plan: async (sandbox) =>
      core.plan({ op: "unshareContainer", sandbox, container: { id }, held: await hubShares(sandbox) }),
    perform: (share) => share.unshareContainer({ id }),
  };
}

function textOf({ source, options }: Mount): string {
  return `${source} ${options}`;
}
