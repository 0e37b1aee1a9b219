import type { GuestProcess } from "../../../../ffi/agent/sandbox/guest-process.ts";
import { GuestSandbox } from "../../../../ffi/agent/sandbox/guest-sandbox.ts";
import type { TtrpcAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import type { Container, FilesystemShare } from "../../../../ffi/mod.ts";

/** How a program ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a container is made of besides its shares. */
export interface Made {
  readonly args?: readonly string[];
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly terminal?: boolean;
  readonly capabilities?: readonly string[];
  readonly memoryLimit?: number;
  readonly annotations?: Readonly<Record<string, string>>;
  /** What shares it, if not the pod's own. */
  readonly share?: FilesystemShare;
}

const options = { id: "s1" };

/** Containers that are shared with a guest and started by its agent. */
export class Pod {
  readonly #agent: TtrpcAgent;
  readonly #sandbox: GuestSandbox;
  /** Sandboxes that share in another way, and have been attached to the same agent. */
  readonly #others = new Map<FilesystemShare, GuestSandbox>();
  readonly #started = new Map<string, { sandbox: GuestSandbox; container: Container; first: GuestProcess }>();

  private constructor(agent: TtrpcAgent, sandbox: GuestSandbox) {
    this.#agent = agent;
    this.#sandbox = sandbox;
  }

  /** Has the agent create the sandbox. */
  static async create(agent: TtrpcAgent, share: FilesystemShare): Promise<Pod> {
    return new Pod(agent, await GuestSandbox.create(agent, share, options));
  }

  /** The sandbox that was created before. */
  static async attach(agent: TtrpcAgent, share: FilesystemShare): Promise<Pod> {
    return new Pod(agent, await GuestSandbox.attach(agent, share, options));
  }

  /** Shares a container, and starts a program in it; one that waits, if no other. */
  async start(container: Container, made: Made = {}): Promise<GuestProcess> {
    const sandbox = await this.#sandboxOf(made.share);
    const first = await sandbox.start(container, configOf(made));
    this.#started.set(container.id, { sandbox, container, first });
    return first;
  }

  /** Knows a container that somebody else started. */
  take(container: Container): GuestProcess {
    const first = this.#sandbox.running(container);
    this.#started.set(container.id, { sandbox: this.#sandbox, container, first });
    return first;
  }

  /** Runs a line of shell in a container. */
  async run(id: string, line: string): Promise<Ended> {
    const { first } = this.#of(id);
    const args = ["/bin/sh", "-c", line];
    return endOf(await first.exec({ args, env: ["PATH=/bin"], cwd: "/" }));
  }

  /** What a line of shell printed, in trimmed form; it must have ended well. */
  async print(id: string, line: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(id, line);
    if (status !== 0) throw new Error(`"${line}" ended with ${status} in ${id}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  /** Ends a container, and shares it no more. */
  async remove(id: string): Promise<void> {
    const { sandbox, container } = this.#of(id);
    await sandbox.remove(container);
    this.#started.delete(id);
  }

  /** Ends all containers, and the sandbox. */
  async destroy(): Promise<void> {
    for (const [id, { sandbox }] of [...this.#started].toReversed())
      if (sandbox !== this.#sandbox) await this.remove(id);
    await this.#sandbox.destroy();
  }

  /** Leaves all as it is. */
  detach(): void {
    this.#sandbox.detach();
  }

  #of(id: string): { sandbox: GuestSandbox; container: Container; first: GuestProcess } {
    const found = this.#started.get(id);
    if (!found) throw new Error(`Cannot find the container ${id}: it was not started`);
    return found;
  }

  async #sandboxOf(share: FilesystemShare | undefined): Promise<GuestSandbox> {
    if (!share) return this.#sandbox;
    const sandbox = this.#others.get(share) ?? (await GuestSandbox.attach(this.#agent, share, options));
    this.#others.set(share, sandbox);
    return sandbox;
  }
}

/** Reads all that a process prints, and how it ends. */
export async function endOf(process: GuestProcess): Promise<Ended> {
  const [stdout, stderr] = await Promise.all([textOf(process.stdout), textOf(process.stderr)]);
  return { status: await process.exited, stdout, stderr };
}

function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return new Response(stream).text();
}

/** Gives a process its whole input. */
export async function type({ stdin }: GuestProcess, text: string): Promise<void> {
  const writer = stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
}

function configOf(made: Made): object {
  const { args = ["/bin/sleep", "1000000"], env = [], cwd = "/", terminal = false } = made;
  const { capabilities = [], memoryLimit, annotations = {} } = made;
  const [bounding, effective, permitted] = [capabilities, capabilities, capabilities];
  return {
    ...{ ociVersion: "1.1.0", root: { path: "rootfs" }, annotations },
    process: {
      ...{ args, env: ["PATH=/bin", ...env], cwd, terminal },
      capabilities: { bounding, effective, permitted },
    },
    linux: { ...(memoryLimit !== undefined && { resources: { memory: { limit: memoryLimit } } }) },
  };
}
