import type { Container, Plan } from "../../../mod.ts";
import { mount, mountTmpfs } from "../mounts.ts";
import type { Scratch } from "../scratch.ts";

// A name that has what a shell or a terminal would take for its own.
const odd = 'it\'s "%x" \\ \u001b[31m$(exit)\n#ü\n\n';
/** The digits of the shares of `containerIn`. */
export const randoms: readonly string[] = ["1", "2", "3", "4", "5"].map((digit) => digit.repeat(16));

/** A root filesystem, a source with mounts below it, one of them the kernel's, and others with attributes of their own. */
export function containerIn(scratch: Scratch): Container {
  const tree = scratch.directory("tree");
  mountTmpfs(scratch.directory("tree/sub mount"), "strictatime,nosuid,mode=0755");
  mount("-t", "proc", "proc", scratch.directory("tree/sub mount/proc"));
  mountTmpfs(scratch.directory("tree/other"), "noatime,noexec");
  mountTmpfs(scratch.directory("nodev"), "nodev,nosymfollow,mode=0755");
  const rootfs = scratch.directory("rootfs");
  return {
    id: "c1",
    rootFs: { target: rootfs },
    mounts: [
      { source: tree, destination: "/tree", options: ["rbind", "ro", "noatime"] },
      { source: tree, destination: "/tree2", options: ["rbind", "rnoexec", "rrelatime", "nodev"] },
      { source: scratch.directory("nodev"), destination: "/c", options: ["bind", "ro", "nodiratime"] },
      { source: scratch.file("file"), destination: "/d", options: ["ro", "noexec", "strictatime"] },
      { source: scratch.file(odd), destination: "/odd", options: ["bind", "ro"] },
    ],
  };
}

/** What makes a sandbox and shares a container, and what removes it. */
export async function plansFor(
  scratch: Scratch,
  container: Container,
): Promise<{ adding: Plan[]; cleanup: Plan }> {
  const share = scratch.share();
  const random = randoms.slice(0, container.mounts?.length ?? 0);
  const prepare = await share.plan("prepare");
  const shared = await share.plan("shareContainer", container, { random });
  const cleanup = await share.plan("cleanup");
  return { adding: [prepare.plan, shared.plan], cleanup: cleanup.plan };
}
