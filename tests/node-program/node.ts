import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { NriHandlers } from "../../ffi/nri/handlers.ts";
import { type NriPlugin, startPlugin } from "../../ffi/nri/plugin.ts";
import type { NriPluginOptions } from "../../ffi/nri/plugin-options.ts";
import { configurationOf } from "./configuration.ts";
import { Cri } from "./cri.ts";
import type { Programs } from "./programs.ts";
import { removeControlGroups, Supervised } from "./supervised.ts";

/** A node of a cluster, as far as its runtime makes it: containerd with CRI and NRI, apart from the machine's own. */
export class TestNode implements AsyncDisposable {
  readonly programs: Programs;
  /** Where everything of it is. */
  readonly directory: string;
  /** NRI's socket. */
  readonly socket: string;
  readonly cri: Cri;
  readonly #supervised: Supervised;

  private constructor(programs: Programs, directory: string, image: string) {
    this.programs = programs;
    this.directory = directory;
    const at = (name: string) => join(directory, name);
    this.socket = at("nri.sock");
    mkdirSync(at("cri"));
    this.cri = new Cri(programs.crictl, at("containerd.sock"), at("cri"), basename(directory));
    this.#supervised = new Supervised({
      ...{ containerd: join(programs.directory, "containerd"), ctr: join(programs.directory, "ctr") },
      ...{
        configuration: at("config.toml"),
        log: at("containerd.log"),
        socket: at("containerd.sock"),
        image,
      },
    });
  }

  /** Starts one with an image's archive. `imports` are files of settings beside its own. */
  static async start(programs: Programs, image: string, imports: readonly string[] = []): Promise<TestNode> {
    const directory = mkdtempSync(join(tmpdir(), "guestshare-"));
    for (const name of ["plugins", "plugins.conf"]) mkdirSync(join(directory, name));
    writeFileSync(join(directory, "config.toml"), configurationOf(programs, directory, imports));
    const node = new TestNode(programs, directory, image);
    try {
      await node.#supervised.ready();
      await node.#supervised.start();
      await node.#supervised.importImage();
    } catch (error) {
      await node[Symbol.asyncDispose]();
      throw error;
    }
    return node;
  }

  /** The version of NRI. */
  get nri(): "0.8" | "0.12" {
    return this.programs.version.startsWith("2.1.") ? "0.8" : "0.12";
  }

  /** A plugin that this node's containerd asks. containerd holds its pods up until a plugin is taken in. */
  connect(handlers: NriHandlers, options: NriPluginOptions = {}): Promise<NriPlugin> {
    return startPlugin(handlers, { name: "tested", index: "10", socket: this.socket, ...options });
  }

  /** Ends containerd by a signal, and starts it again. The pods live on. */
  async restart(signal: "TERM" | "KILL"): Promise<void> {
    await this.#supervised.stop(signal);
    await this.#supervised.start();
  }

  /** The process of containerd, by its number outside. */
  get pid(): number {
    const { pid } = this.#supervised;
    if (pid === undefined) throw new Error(`containerd has ended:\n${this.log(20)}`);
    return pid;
  }

  /** A command in containerd's namespaces of mounts and processes. */
  inside(...command: readonly [string, ...string[]]): [string, ...string[]] {
    return ["nsenter", "-t", String(this.pid), "-m", "-p", "--", ...command];
  }

  /** A command as a service of this machine runs: with containerd's processes, in a mount namespace of its own. */
  beside(...command: readonly [string, ...string[]]): [string, ...string[]] {
    return this.inside("unshare", "-m", "--propagation", "private", "--", ...command);
  }

  /** The mounts that containerd sees, a line each. */
  mounts(): string[] {
    return readFileSync(`/proc/${this.pid}/mountinfo`, "utf8").trimEnd().split("\n");
  }

  /** The last lines of containerd's log. */
  log(lines: number): string {
    return this.#supervised.log(lines);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervised.end();
    removeControlGroups(basename(this.directory));
    rmSync(this.directory, { recursive: true });
  }
}
