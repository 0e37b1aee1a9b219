import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Container, containerOf, type Sandbox } from "guestshare/host";

/** A pod of two containers that share a directory. */
export interface Pod {
  /** The directory that has its files, and the bundles "web" and "sidecar". */
  readonly directory: string;
  readonly sandbox: Sandbox;
  readonly web: Container;
  readonly sidecar: Container;
}

/** The example pod, with a copy of its files in `place`. */
export function makePod(place: string): Pod {
  const directory = join(place, "pod");
  cpSync(findFiles(), directory, { recursive: true });
  const source = (name: string) => join(directory, name);
  const bundle = (id: string, mounts: object[]) => {
    const config = { root: { path: source("rootfs") }, mounts };
    mkdirSync(source(id));
    writeFileSync(source(`${id}/config.json`), JSON.stringify(config, null, 2));
    return containerOf(config, { id, bundle: source(id) });
  };
  const file = { type: "bind", source: source("config/app.conf"), options: ["rbind", "ro"] };
  const data = { type: "bind", source: source("data"), options: ["rbind"] };
  return {
    directory,
    sandbox: { id: "pod1", sandboxBindMounts: [source("certs")], shmSize: 64 * 1024 * 1024 },
    web: bundle("web", [
      { destination: "/proc", type: "proc", source: "proc" },
      { destination: "/dev/shm", type: "tmpfs", source: "shm", options: ["nosuid", "size=65536k"] },
      { destination: "/config/app.conf", ...file },
      { destination: "/data", ...data },
    ]),
    sidecar: bundle("sidecar", [{ destination: "/var/data", ...data }]),
  };
}

function findFiles(): string {
  // From examples/ itself, or from what was compiled of it in dist/examples/.
  const here = fileURLToPath(new URL(".", import.meta.url));
  return join(here.replace(/dist\/examples\/$/, "examples/"), "pod");
}
