import { ociMessage } from "../../../../ffi/agent/spec/oci-message.ts";
import type { TtrpcAgent } from "../../../../ffi/agent/ttrpc-agent.ts";
import type { Container, ContainerPlan, FilesystemShare } from "../../../../ffi/mod.ts";

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
  readonly share?: FilesystemShare;
}

const READ = 65_536;

/** Containers that are shared with a guest and started by its agent. */
export class Pod {
  readonly #agent: TtrpcAgent;
  readonly #share: FilesystemShare;
  readonly #containers = new Map<string, readonly [Container, FilesystemShare]>();
  #programs = 0;

  constructor(agent: TtrpcAgent, share: FilesystemShare) {
    this.#agent = agent;
    this.#share = share;
  }

  /** Shares a container, and starts a program in it; one that waits, if no other. */
  async start(container: Container, made: Made = {}): Promise<ContainerPlan> {
    const { share = this.#share } = made;
    const plan = await share.shareContainer(container);
    this.#containers.set(container.id, [container, share]);
    const { oci, storages, sandboxPidns } = ociMessage(configOf(made), plan);
    const { id: containerId } = container;
    await this.#agent.createContainer({ containerId, execId: containerId, oci, storages, sandboxPidns });
    await this.#agent.startContainer({ containerId });
    return plan;
  }

  /** Runs a line of shell in a container. */
  async run(containerId: string, line: string): Promise<Ended> {
    this.#programs += 1;
    const execId = `e${this.#programs}`;
    const process = { args: ["/bin/sh", "-c", line], env: ["PATH=/bin"], cwd: "/" };
    await this.#agent.execProcess({ containerId, execId, process });
    return this.end(containerId, execId);
  }

  /** What a program printed, in trimmed form; it must have ended well. */
  async print(container: string, line: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(container, line);
    if (status !== 0) throw new Error(`"${line}" ended with ${status} in ${container}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  /** Reads all that a process prints, and how it ends. */
  async end(containerId: string, execId = ""): Promise<Ended> {
    const [stdout, stderr] = await Promise.all([
      this.#readAll("readStdout", containerId, execId),
      this.#readAll("readStderr", containerId, execId),
    ]);
    const { status } = await this.#agent.waitProcess({ containerId, execId });
    return { status, stdout, stderr };
  }

  /** Ends a container, and shares it no more. */
  async remove(id: string): Promise<void> {
    const [container, share] = this.#containers.get(id) ?? [{ id }, this.#share];
    this.#containers.delete(id);
    await this.#agent.removeContainer({ containerId: id });
    await share.unshareContainer(container);
  }

  /** All that were started and not removed. */
  async removeAll(): Promise<void> {
    for (const id of [...this.#containers.keys()].toReversed()) await this.remove(id);
  }

  async #readAll(name: "readStdout" | "readStderr", containerId: string, execId: string): Promise<string> {
    const decoder = new TextDecoder();
    let all = "";
    for (;;) {
      const { data } = await this.#agent[name]({ containerId, execId, len: READ });
      if (data.length === 0) return all;
      all += decoder.decode(data, { stream: true });
    }
  }
}

function configOf(made: Made): object {
  const { args = ["/bin/sleep", "1000000"], env = [], cwd = "/", terminal = false } = made;
  const { capabilities = [], memoryLimit } = made;
  const [bounding, effective, permitted] = [capabilities, capabilities, capabilities];
  return {
    ociVersion: "1.1.0",
    root: { path: "rootfs" },
    process: {
      ...{ args, env: ["PATH=/bin", ...env], cwd, terminal },
      capabilities: { bounding, effective, permitted },
    },
    linux: { ...(memoryLimit !== undefined && { resources: { memory: { limit: memoryLimit } } }) },
  };
}
