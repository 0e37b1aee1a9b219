import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import type { NodePods } from "../support/nri/node-pods.ts";
import { IMAGE } from "./configuration.ts";

const run = promisify(execFile);

const REMOVED_AT_ONCE = 8;
// A removal that ended too late may have been done, or goes on where it was.
const MOST_TRIES = 3;

/** What CRI's client said of a call that failed. */
export class CriError extends Error {}

/** What is asked of a pod or a container beyond its name. */
export interface CriOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly mounts?: readonly { host_path: string; container_path: string; readonly?: boolean }[];
}

/** Pods and containers by CRI's client, as a kubelet asks for them: by names of ours, and CRI's ids. */
export class Cri implements NodePods {
  readonly #command: readonly string[];
  readonly #program: string;
  readonly #directory: string;
  readonly #parent: string;
  readonly #ids = new Map<string, string>();
  #files = 0;

  /** The socket of containerd, a directory for files, and the parent of all control groups. */
  constructor(program: string, socket: string, directory: string, parent: string) {
    this.#program = program;
    const at = `unix://${socket}`;
    this.#command = ["--runtime-endpoint", at, "--image-endpoint", at, "--timeout", "60s"];
    this.#directory = directory;
    this.#parent = parent;
  }

  async runPod(pod: string, { annotations = {} }: CriOptions = {}): Promise<void> {
    const file = this.#file(this.#podOf(pod, annotations));
    this.#ids.set(pod, await this.#call("runp", "--runtime", "kata", file));
  }

  async createContainer(
    pod: string,
    container: string,
    livesMs?: string,
    options: CriOptions = {},
  ): Promise<void> {
    const command = ["/pause", ...(livesMs === undefined ? [] : [livesMs])];
    const file = this.#file({ ...this.#containerOf(container, options), command });
    const id = await this.#call(
      "create",
      "--no-pull",
      this.idOf(pod),
      file,
      this.#file(this.#podOf(pod, {})),
    );
    this.#ids.set(container, id);
  }

  async startContainer(container: string): Promise<void> {
    await this.#call("start", this.idOf(container));
  }

  async updateContainer(container: string): Promise<void> {
    await this.#call("update", "--cpu-share", "512", this.idOf(container));
  }

  async endContainer(container: string): Promise<void> {
    while ((await this.inspect(container)).status.state !== "CONTAINER_EXITED") await sleep(100);
  }

  async stopContainer(container: string): Promise<void> {
    await this.#call("stop", this.idOf(container));
  }

  async removeContainer(container: string): Promise<void> {
    await this.#call("rm", this.idOf(container));
  }

  async stopPod(pod: string): Promise<void> {
    await this.#call("stopp", this.idOf(pod));
  }

  async removePod(pod: string): Promise<void> {
    await this.#call("rmp", this.idOf(pod));
  }

  async removePodByForce(pod: string): Promise<void> {
    await this.#call("rmp", "--force", this.idOf(pod));
  }

  /** Runs a pod with a container that runs, by one call of the client. */
  async runWithContainer(pod: string, options: CriOptions = {}): Promise<void> {
    const container = this.#file(this.#containerOf(`container-of-${pod}`, options));
    const id = await this.#call(
      "run",
      "--no-pull",
      "--runtime",
      "kata",
      container,
      this.#file(this.#podOf(pod, {})),
    );
    this.#ids.set(`container-of-${pod}`, id);
  }

  /** Removes all pods that there are, a few at a time: the client asks for all that it is given at once, and waits a minute for all. */
  async removeAll(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const ids = (await this.#call("pods", "--quiet")).split("\n").filter((id) => id !== "");
      if (ids.length === 0) return;
      try {
        for (let at = 0; at < ids.length; at += REMOVED_AT_ONCE)
          await this.#call("rmp", "--force", ...ids.slice(at, at + REMOVED_AT_ONCE));
      } catch (error) {
        if (tries === MOST_TRIES) throw error;
      }
    }
  }

  /** The names of all pods that there are. */
  async podNames(): Promise<string[]> {
    const { items = [] } = JSON.parse(await this.#call("pods", "--output", "json"));
    return items.map(({ metadata }: { metadata: { name: string } }) => metadata.name);
  }

  /** CRI's id of a pod or a container. */
  idOf(name: string): string {
    const id = this.#ids.get(name);
    if (id === undefined) throw new Error(`there is no ${name}`);
    return id;
  }

  /** What crictl says of a container, in JSON. */
  async inspect(container: string): Promise<{ status: { state: string; reason: string; message: string } }> {
    return JSON.parse(await this.#call("inspect", this.idOf(container)));
  }

  #containerOf(name: string, { mounts = [], annotations = {} }: CriOptions): object {
    return {
      ...{ metadata: { name }, image: { image: IMAGE }, command: ["/pause"], mounts, annotations },
      ...{ log_path: `${name}.log`, linux: {} },
    };
  }

  #podOf(name: string, annotations: Readonly<Record<string, string>>): object {
    return {
      metadata: { name, uid: `uid-${name}`, namespace: "default", attempt: 1 },
      ...{ annotations, labels: { app: name }, log_directory: this.#directory },
      // The host's network: there is no CNI.
      linux: { cgroup_parent: `/${this.#parent}`, security_context: { namespace_options: { network: 2 } } },
    };
  }

  #file(content: object): string {
    this.#files += 1;
    const path = join(this.#directory, `${this.#files}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  }

  async #call(...args: string[]): Promise<string> {
    try {
      return (await run(this.#program, [...this.#command, ...args])).stdout.trim();
    } catch (error) {
      throw new CriError(this.#withNames((error as { stderr?: string }).stderr || String(error)));
    }
  }

  /** The status of a call, with our names for CRI's ids. */
  #withNames(text: string): string {
    // The client logs the status in quotation marks.
    const status = /rpc error: (code = .*?)"?$/s.exec(text.trim().split("\n").at(-1) ?? "")?.[1] ?? text;
    const plain = status.replace(/\\(.)/g, "$1");
    return [...this.#ids].reduce((named, [name, id]) => named.replaceAll(id, name), plain);
  }
}
