import { Buffer } from "node:buffer";
import type { Container, FilesystemShare, FilesystemShareOptions } from "../../../ffi/mod.ts";
import { Nydusd } from "../../../ffi/mod.ts";
import { mountTest, type Scratch } from "../scratch.ts";
import { NydusdServer } from "./nydusd-server.ts";

/** What a test has of a sandbox with nydus images. */
export interface NydusSandbox {
  readonly scratch: Scratch;
  readonly server: NydusdServer;
  /** Prepared, with a nydusd. */
  readonly share: FilesystemShare;
  /** Another one for the same sandbox, as another process has it. */
  readonly again: (options?: FilesystemShareOptions) => FilesystemShare;
}

/** How long the daemon may take; where nothing is to be waited for, whoever waits waits for ten minutes. */
export interface NydusTestOptions {
  readonly timeoutMs?: number;
  readonly runningTimeoutMs?: number;
}

/** A test with a nydusd on "api.sock" and a prepared sandbox that uses it; no daemon outlives it. */
export function nydusTest(
  name: string,
  body: (sandbox: NydusSandbox) => Promise<void>,
  { timeoutMs = 600_000, runningTimeoutMs = 600_000 }: NydusTestOptions = {},
): void {
  const tested = async (scratch: Scratch) => {
    const socketPath = `${scratch.path}/api.sock`;
    const server = await NydusdServer.start(socketPath);
    const nydusd = new Nydusd({ socketPath, timeoutMs, runningTimeoutMs });
    const again = (options: FilesystemShareOptions = { nydusd }) =>
      scratch.share({ sharedFs: "virtio-fs-nydus" }, options);
    const share = again();
    try {
      await share.prepare();
      server.log.length = 0;
      await body({ scratch, server, share, again });
    } finally {
      server.die();
    }
  };
  mountTest(name, tested);
}

/** A container of a nydus image, with a snapshot's directory as the snapshotter makes it. */
export function onNydus(scratch: Scratch, id = "c1"): Container {
  const snapshotdir = scratch.directory(`snapshots/${id}`);
  scratch.directory(`snapshots/${id}/fs`);
  scratch.directory(`snapshots/${id}/work`);
  return withImage(id, scratch.file(`${id}.boot`, "bootstrap"), snapshotdir);
}

/** A container of this image, and this snapshot's directory. */
export function withImage(id: string, source: string, snapshotdir: string): Container {
  const extra = { source, config: JSON.stringify({ version: 2 }), snapshotdir };
  const option = `extraoption=${Buffer.from(JSON.stringify(extra)).toString("base64")}`;
  const options = ["lowerdir=/snapshots/1/fs", option];
  return {
    id,
    rootFs: { type: "fuse.nydus-overlayfs", source: "overlay", target: "/run/c1/rootfs", options },
  };
}

/** What the daemon was asked to change, without its "/api/v1/". */
export function changesIn(server: NydusdServer): string[] {
  const changes = server.log.filter((line) => !line.startsWith("GET "));
  return changes.map((line) => line.replace("/api/v1/mount ", ""));
}
