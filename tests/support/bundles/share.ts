import { readdirSync, statSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { type Container, containerOf, FilesystemShare, type OutcomeKind } from "../../../ffi/mod.ts";
import { mountOn, mountsBelow } from "../mounts.ts";

/** What became of a mount of a bundle that was really shared. */
export interface SharedMount {
  readonly destination: string;
  readonly kind: OutcomeKind;
  readonly reason: string;
  /** Whether the guest has the very file that the bundle names. */
  readonly isSource?: boolean;
  /** The options of its mount, and who owns it there. */
  readonly options?: string;
  readonly uid?: number;
}

/** A bundle that was really shared, and taken back. */
export interface SharedBundle {
  /** The bundle's directory, and its config.json as the tool wrote it. */
  readonly bundle: string;
  readonly config: string;
  /** Whether the guest has the bundle's own root. */
  readonly hasRoot: boolean;
  readonly mounts: readonly SharedMount[];
  /** What was left in the sandbox's mounts after taking it back, and where sandboxes are after cleanup. */
  readonly left: readonly string[];
}

/** Shares all of a bundle with a guest, in a sandbox of its own below `hostDir`, looks at it, and takes it back. */
export async function shareBundle(hostDir: string, bundle: string, config: string): Promise<SharedBundle> {
  const container = containerOf(config, { id: "c1", bundle });
  const share = new FilesystemShare({ id: "s1", hostDir, guestDir: "/guest" });
  await share.prepare();
  const { rootPath, outcomes } = await share.shareContainer(container);
  const inView = (guestPath: string) => guestPath.replace("/guest", join(hostDir, "s1/shared"));
  const root = container.rootFs?.target as string;
  const hasRoot = isSame(inView(rootPath), pathOf(container, root));
  const mounts = outcomes.map(({ destination, kind, reason, shared }): SharedMount => {
    if (kind !== "shared" || !shared) return { destination, kind, reason };
    const path = inView(shared.guestPath);
    const { source = "" } = container.mounts?.find((mount) => mount.destination === destination) ?? {};
    const seen = { options: mountOn(path)?.options ?? "", uid: statSync(path).uid };
    return { destination, kind, reason, isSource: isSame(path, pathOf(container, source)), ...seen };
  });
  await share.unshareContainer(container);
  const left = readdirSync(join(hostDir, "s1/mounts")).filter((name) => name !== ".users");
  await share.cleanup();
  const leftAfter = [...readdirSync(hostDir), ...mountsBelow(hostDir).map(({ point }) => point)];
  return { bundle, config, hasRoot, mounts, left: [...left, ...leftAfter] };
}

function pathOf({ bundle = "" }: Container, path: string): string {
  return isAbsolute(path) ? path : join(bundle, path);
}

function isSame(path: string, other: string): boolean {
  const [one, two] = [statSync(path), statSync(other)];
  return one.ino === two.ino && one.dev === two.dev;
}
