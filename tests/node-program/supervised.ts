import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { Child } from "../support/child.ts";

/**
 * Process 1 of the node's namespaces. It outlives containerd, so that shims and pods do, too; what outlives it is killed by the kernel.
 * Shims listen in /run/containerd/s, whatever containerd's state directory is.
 */
const FIRST_PROCESS = `
mount -t tmpfs tmpfs /run || exit 1
echo ready
while read -r order signal; do
  case $order in
    start) "$1" --config "$2" >>"$3" 2>&1 & containerd=$!; echo started;;
    look) kill -0 $containerd && echo lives || echo has ended;;
    stop) kill -"$signal" $containerd; wait $containerd; echo stopped;;
    import) "$4" -a "$5" -n k8s.io images import --base-name docker.io/local/pause "$6" >>"$3" 2>&1; echo imported $?;;
    end) kill -KILL -1; while kill -0 -1 2>/dev/null; do sleep 0.05; done; echo ended;;
  esac
done
`;

const NAMESPACES = ["-m", "-p", "-f", "--mount-proc", "--propagation", "private", "--kill-child"] as const;

/** Where things of a supervised containerd are. */
export interface Places {
  readonly containerd: string;
  readonly configuration: string;
  readonly log: string;
  readonly ctr: string;
  readonly socket: string;
  readonly image: string;
}

/** A containerd in namespaces of its own, which is started and ended by a shell there. */
export class Supervised {
  readonly #shell: Child;
  readonly #places: Places;

  constructor(places: Places) {
    this.#places = places;
    const { containerd, configuration, log, ctr, socket, image } = places;
    const script = ["bash", "-c", FIRST_PROCESS, "node", containerd, configuration, log, ctr, socket, image];
    this.#shell = new Child(["unshare", ...NAMESPACES, ...script]);
  }

  async ready(): Promise<void> {
    await this.#expect("ready");
  }

  async start(): Promise<void> {
    await this.#order("start", "started");
    for (let tries = 0; !this.#answers(); tries += 1) {
      if (tries > 900) throw new Error(`containerd does not start:\n${this.log(20)}`);
      await this.#order("look", "lives");
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  stop(signal: "TERM" | "KILL"): Promise<void> {
    return this.#order(`stop ${signal}`, "stopped");
  }

  /** Gives containerd the image. */
  importImage(): Promise<void> {
    return this.#order("import", "imported 0");
  }

  /** The process of containerd, by its number here; undefined where there is none. */
  get pid(): number | undefined {
    const [first] = childrenOf(this.#shell.pid);
    return first === undefined ? undefined : childrenOf(first).find((pid) => nameOf(pid) === "containerd");
  }

  /** The last lines of containerd's log. */
  log(lines: number): string {
    if (!existsSync(this.#places.log)) return "";
    return readFileSync(this.#places.log, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  }

  /** Ends all of it: containerd, shims, pods and mounts. All processes have ended then, so that their control groups are free. */
  async end(): Promise<void> {
    await this.#order("end", "ended").catch(() => {});
    await this.#shell.kill();
  }

  #answers(): boolean {
    const { ctr, socket } = this.#places;
    try {
      if (!existsSync(socket)) return false;
      execFileSync(ctr, ["-a", socket, "--connect-timeout", "1s", "version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  }

  async #order(order: string, answer: string): Promise<void> {
    this.#shell.send(order);
    await this.#expect(answer);
  }

  async #expect(answer: string): Promise<void> {
    const line = await this.#shell.line();
    if (line !== answer)
      throw new Error(`the node's first process says ${JSON.stringify(line)}:\n${this.log(5)}`);
  }
}

/** The processes that a process has started, or has inherited. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

function nameOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, "utf8").trimEnd();
}

/** Removes the empty directories that a parent of control groups has left, in all hierarchies. */
export function removeControlGroups(name: string): void {
  for (const hierarchy of ["", ...readdirSync("/sys/fs/cgroup")]) {
    const directory = join("/sys/fs/cgroup", hierarchy, name);
    if (existsSync(directory)) removeEmpty(directory);
  }
}

function removeEmpty(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(directory, entry.name));
  rmdirSync(directory);
}
