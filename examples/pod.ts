import { cpSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, containerOf, type Sandbox } from "guestshare/host";

/** A pod of two containers that share a directory. */
export interface Pod {
  readonly sandbox: Sandbox;
  readonly web: Container;
  readonly sidecar: Container;
}

/** The example pod, with a copy of its files in `scratch`. */
export function makePod(scratch: string): Pod {
  const files = join(scratch, "pod");
  cpSync(findFiles(), files, { recursive: true });
  const bundle = (id: string, mounts: object[]) =>
    containerOf({ root: { path: "rootfs" }, mounts }, { id, bundle: files });
  return {
    sandbox: { id: "pod1", sandboxBindMounts: [join(files, "certs")], shmSize: 64 * 1024 * 1024 },
    web: bundle("web", [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev/shm", type: "tmpfs", source: "shm" },
      { destination: "/config/app.conf", type: "bind", source: "config/app.conf", options: ["rbind", "ro"] },
      { destination: "/data", type: "bind", source: "data", options: ["rbind"] },
    ]),
    sidecar: bundle("sidecar", [
      { destination: "/var/data", type: "bind", source: "data", options: ["rbind"] },
    ]),
  };
}

function findFiles(): string {
  // From examples/ itself, or from what was compiled of it in dist/examples/.
  const here = fileURLToPath(new URL(".", import.meta.url));
  return join(here.replace(/dist\/examples\/$/, "examples/"), "pod");
}
