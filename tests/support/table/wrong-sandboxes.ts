import { mkdirSync, rmSync } from "node:fs";
import type { FilesystemShare, Plan } from "../../../ffi/mod.ts";
import type { FindingCode } from "../../../table/mod.ts";
import { mount, mountTmpfs, unmount } from "../mounts.ts";
import { container, fullSandbox, withBindMounts } from "../sandbox/full.ts";
import { containerWith, digits } from "../sandbox/together.ts";
import { random, type Scratch } from "../scratch.ts";
import { type AnyCall, perform } from "./call.ts";

/** One way in which a sandbox goes wrong. */
export interface WrongSandbox {
  readonly what: string;
  readonly code: FindingCode;
  /** Where, in the sandbox's directory. */
  readonly at: string;
  provoke(scratch: Scratch): void | Promise<void>;
}

/** The name of a share that containers have together. */
export const together: string = `sandbox-${digits(0)}-data`;

/** The ways in which a whole sandbox goes wrong, each with the code of its finding. */
export const wrongSandboxes: readonly WrongSandbox[] = [
  {
    what: "a guard that can be bound",
    code: "open-guard",
    at: "",
    provoke: (s) => mount("--make-private", s.inSandbox()),
  },
  {
    what: "a guard that is shared",
    code: "open-guard",
    at: "",
    provoke: (s) => mount("--make-shared", s.inSandbox()),
  },
  {
    what: "a hub that is private",
    code: "private-hub",
    at: "mounts",
    provoke: (s) => mount("--make-private", s.inSandbox("mounts")),
  },
  {
    what: "a hub that is read-only",
    code: "read-only-hub",
    at: "mounts",
    provoke: (s) => mount("-o", "remount,bind,ro", s.inSandbox("mounts")),
  },
  {
    what: "a hub that is gone",
    code: "no-hub",
    at: "mounts",
    provoke: (s) => {
      unmount(s.inSandbox("mounts"));
      unmount(s.inSandbox("shared"));
    },
  },
  {
    what: "a view that is gone",
    code: "no-view",
    at: "shared",
    provoke: (s) => unmount(s.inSandbox("shared")),
  },
  {
    what: "a view that follows nothing",
    code: "stale-view",
    at: "shared",
    provoke: (s) => mount("--make-private", s.inSandbox("shared")),
  },
  {
    what: "a view that can be written",
    code: "writable-view",
    at: "shared",
    provoke: (s) => mount("-o", "remount,bind,rw", s.inSandbox("shared")),
  },
  {
    what: "something over the view",
    code: "covered",
    at: "shared",
    provoke: (s) => mountTmpfs(s.inSandbox("shared")),
  },
  { what: "something over the guard", code: "covered", at: "", provoke: (s) => mountTmpfs(s.inSandbox()) },
  {
    what: "something over a share",
    code: "covered",
    at: `mounts/c1-${random}-tree`,
    provoke: (s) => mountTmpfs(s.hub(`c1-${random}-tree`)),
  },
  {
    what: "a share that the view lost",
    code: "unseen-share",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => unmount(s.view(`c1-${random}-file`)),
  },
  {
    what: "a share that is writable for the guest",
    code: "weaker-in-view",
    at: `shared/c1-${random}-file`,
    provoke: (s) => mount("-o", "remount,bind,rw", s.view(`c1-${random}-file`)),
  },
  {
    what: "a mount below that is writable",
    code: "writable-below",
    at: `mounts/c1-${random}-tree/below`,
    provoke: (s) => mount("-o", "remount,bind,rw", s.hub(`c1-${random}-tree/below`)),
  },
  {
    what: "a source that was removed",
    code: "deleted-source",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => rmSync(`${s.path}/file`),
  },
  {
    what: "a share that nobody uses",
    code: "unused-share",
    at: `mounts/${together}`,
    provoke: (s) => rmSync(s.hub(`.users/${together}`), { recursive: true }),
  },
  {
    what: "users of no share",
    code: "users-without-share",
    at: `mounts/.users/${together}`,
    provoke: (s) => unmount(s.hub(together)),
  },
  {
    what: "a directory for users that has none",
    code: "users-without-share",
    at: "mounts/.users/sandbox-0000000000000009-x",
    provoke: (s) => mkdirSync(s.hub(".users/sandbox-0000000000000009-x")),
  },
  {
    what: "a placeholder of a file",
    code: "placeholder",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => unmount(s.hub(`c1-${random}-file`)),
  },
  {
    what: "a placeholder of a root",
    code: "placeholder",
    at: "mounts/c1/rootfs",
    provoke: (s) => unmount(s.hub("c1/rootfs")),
  },
  {
    what: "a stranger's mount in the hub",
    code: "stranger",
    at: "mounts/odd",
    provoke: (s) => {
      mkdirSync(s.hub("odd"));
      mountTmpfs(s.hub("odd"));
    },
  },
  {
    what: "a stranger's mount in the view",
    code: "stranger",
    at: "shared/c1",
    provoke: (s) => mountTmpfs(s.view("c1")),
  },
  {
    what: "a mount that is no share",
    code: "stray-mount",
    at: "staging",
    provoke: (s) => {
      mkdirSync(s.inSandbox("staging"));
      mountTmpfs(s.inSandbox("staging"));
    },
  },
  {
    what: "a guard that is gone, with a hub",
    code: "no-guard",
    at: "",
    provoke: (s) => {
      // The guard goes with all below it; a killed cleanup of an older kind left a hub.
      const hub = s.inSandbox("mounts");
      mount("--make-private", s.inSandbox());
      mount("--bind", hub, s.directory("kept"));
      unmount(s.inSandbox());
      mount("--bind", `${s.path}/kept`, hub);
      unmount(`${s.path}/kept`);
    },
  },
  {
    what: "a directory in which nothing is mounted any more",
    code: "empty-sandbox",
    at: "",
    provoke: (s) => unmount(s.inSandbox()),
  },
  {
    what: "a share that lost what its plan gives it",
    code: "weaker-than-planned",
    at: `mounts/c1-${random}-file`,
    provoke: (s) => {
      for (const place of [s.hub(`c1-${random}-file`), s.view(`c1-${random}-file`)])
        mount("-o", "remount,bind,rw", place);
    },
  },
];

/** A sandbox that has one share of each kind, and nothing wrong; and the plans that were performed for it. */
export interface WholeSandbox {
  readonly share: FilesystemShare;
  readonly plans: readonly Plan[];
}

/** Makes one. */
export async function wholeSandbox(scratch: Scratch): Promise<WholeSandbox> {
  const share = scratch.share(withBindMounts(scratch));
  const { file, tree, root, disk } = fullSandbox(scratch);
  const mounts = [{ source: scratch.file("data"), destination: "/data", options: ["ro"] }];
  const calls: AnyCall[] = [
    ["prepare"],
    ["shareFile", container, file, { random }],
    ["shareFile", container, tree, { random }],
    ["shareRootFilesystem", root],
    ["shareRootFilesystem", disk],
    ["shareContainer", containerWith(scratch, "c3", mounts), { random: [digits(0)] }],
  ];
  const plans: Plan[] = [];
  for (const call of calls) {
    const [operation, ...args] = call;
    plans.push((await share.plan(operation, ...(args as []))).plan);
    await perform(share, call);
  }
  return { share, plans };
}
