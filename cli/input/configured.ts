import { basename, resolve } from "node:path";
import type { Sandbox } from "../../mod.ts";
import { withAnnotations } from "../../mod.ts";
import type { Io } from "../io.ts";
import { defaultId, type ShareOptions } from "../open-share.ts";

/** The options that say how the sandbox is. */
export interface SandboxOptions extends ShareOptions {
  readonly config?: string;
}

/** What is known of a sandbox before the command line is asked: of its pod. */
export interface PodFacts {
  readonly id?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/**
 * The sandbox that the options describe: with Kata's configuration and its drop-ins, and what the pod's annotations change of
 * it. Without --config, annotations change nothing.
 */
export async function configuredSandbox(
  io: Io,
  options: SandboxOptions,
  pod: PodFacts = {},
): Promise<Sandbox> {
  const id = options.id ?? pod.id ?? defaultId;
  if (id !== options.id && !options.quiet)
    io.stderr.write(`The sandbox is ${JSON.stringify(id)}; --id names another one.\n`);
  const sandbox =
    options.config === undefined ? { id } : await fromConfiguration(io, id, options.config, pod);
  return options.hostDir === undefined ? sandbox : { ...sandbox, hostDir: resolve(io.cwd, options.hostDir) };
}

async function fromConfiguration(io: Io, id: string, config: string, pod: PodFacts): Promise<Sandbox> {
  const { configurationTexts } = await import("../../ffi/mod.ts");
  const { annotationsAllowedBy, sandboxOf } = await import("../../input/sandbox.ts");
  const texts = await configurationTexts(resolve(io.cwd, config));
  const { XDG_RUNTIME_DIR: rootlessDir } = io.env;
  const sandbox = sandboxOf(texts, { id, ...(rootlessDir && { rootlessDir }) });
  return withAnnotations(sandbox, pod.annotations ?? {}, { allow: annotationsAllowedBy(texts) });
}

const podIds = ["io.kubernetes.cri.sandbox-id", "io.kubernetes.cri-o.SandboxID"];

/** The id of the pod that a container's annotations name. */
export function podIdOf(annotations: Readonly<Record<string, string>> = {}): string | undefined {
  return podIds.map((name) => annotations[name]).find((id) => id !== undefined && id !== "");
}

/** The id of a container whose bundle is in a directory, unless the options name another. */
export function containerIdOf(bundle: string, container: string | undefined): string {
  return container ?? basename(bundle);
}
