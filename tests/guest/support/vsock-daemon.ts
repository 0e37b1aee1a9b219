import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const START_TIMEOUT_MS = 180_000;
const CID = 3;

/** A vhost-device-vsock: it has the sockets of a guest's vsock on this machine. */
export class VsockDaemon {
  /** Where QEMU finds it. */
  readonly socket: string;
  /** Where a client finds the guest's ports, by the handshake of hybrid vsock. */
  readonly ports: string;
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #told = "";

  private constructor(program: string, directory: string) {
    this.socket = `${directory}/vsock.sock`;
    this.ports = `${directory}/vm.vsock`;
    const vm = `guest-cid=${CID},socket=${this.socket},uds-path=${this.ports}`;
    const env = { ...process.env, RUST_LOG: "error" };
    this.#process = spawn(program, ["--vm", vm], { env, stdio: ["ignore", "ignore", "pipe"] });
    this.#process.stderr?.on("data", (text: Buffer) => {
      this.#told += text;
    });
    this.#ended = new Promise((resolve) => this.#process.on("close", () => resolve()));
  }

  static async start(program: string, directory: string): Promise<VsockDaemon> {
    const daemon = new VsockDaemon(program, directory);
    const end = performance.now() + START_TIMEOUT_MS;
    while (!existsSync(daemon.socket) || !existsSync(daemon.ports)) {
      if (performance.now() > end) {
        await daemon.end();
        throw new Error(`Cannot start "${program}": no sockets\n${daemon.#told}`);
      }
      await sleep(10);
    }
    return daemon;
  }

  /** Ends it, with the sockets that it leaves. */
  async end(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#ended;
    for (const path of [this.socket, this.ports]) rmSync(path, { force: true });
  }
}
