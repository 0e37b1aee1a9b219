import { statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Container, containerOf, FormatError, type Sandbox, withPodBundle } from "../../mod.ts";
import type { Io } from "../io.ts";
import { configuredSandbox, containerIdOf, podIdOf, type SandboxOptions } from "./configured.ts";
import { reading, textOf } from "./files.ts";
import { valueOfJson } from "./json-text.ts";

/** What a bundle's directory says: the sandbox and the container. */
export interface Bundle {
  readonly sandbox: Sandbox;
  readonly container: Container;
}

/** Options of whoever reads a bundle. */
export interface BundleOptions extends SandboxOptions {
  readonly container?: string;
  readonly offline?: boolean;
}

/** The sandbox and the container of a bundle: its config.json, and what the options say beside it. */
export async function bundleIn(io: Io, path: string, options: BundleOptions): Promise<Bundle> {
  const bundle = resolve(io.cwd, path);
  const file = join(bundle, "config.json");
  // A value that is no object is refused with what is expected.
  const config = valueOfJson(await reading(file, () => textOf(io, file)), file) as object;
  const container = containerOf(config, { id: containerIdOf(bundle, options.container), bundle });
  const { annotations } = container;
  const sandbox = await configuredSandbox(io, options, { id: podIdOf(annotations), annotations });
  const isOfPod = isContainerOfPod(annotations);
  return { container, sandbox: isOfPod ? sandbox : await withShm(sandbox, config, bundle, options) };
}

const types = ["io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType"];

// The pod's own container says how large /dev/shm of the sandbox is.
function isContainerOfPod(annotations: Container["annotations"] = {}): boolean {
  return types.some((name) => annotations[name] === "container");
}

async function withShm(
  sandbox: Sandbox,
  config: object,
  bundle: string,
  { offline = false }: BundleOptions,
): Promise<Sandbox> {
  try {
    return withPodBundle(sandbox, config);
  } catch (error) {
    if (!(error instanceof FormatError) || error.code !== "needs-size-of") throw error;
    // Without a look at the filesystem, as large as Kata makes one.
    const size = offline ? SHM_SIZE : await sizeOf(resolve(bundle, error.subject));
    return withPodBundle(sandbox, config, { sizeOf: () => size });
  }
}

const SHM_SIZE = 64 * 1024 * 1024;

async function sizeOf(path: string): Promise<number> {
  const { bsize, blocks } = await reading(path, () => statfs(path));
  return bsize * blocks;
}
