import { type ChildProcess, execFileSync, type StdioOptions, spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findVirtiofsd } from "./needs.ts";

const START_TIMEOUT_MS = 30_000;

/** A virtiofsd: it serves one guest, and ends when that one does. */
export class Virtiofsd {
  readonly #process: ChildProcess;
  readonly #socket: string;
  #told = "";
  #isOver = false;

  private constructor(process: ChildProcess, socket: string) {
    this.#process = process;
    this.#socket = socket;
    process.stderr?.on("data", (text: Buffer) => {
      this.#told += text;
    });
    process.on("close", () => {
      this.#isOver = true;
    });
  }

  /** One that serves a directory on a socket, in a mount namespace of its own as it is by default. */
  static async start(
    directory: string,
    socket: string,
    { isUpper }: { isUpper: boolean },
  ): Promise<Virtiofsd> {
    const program = findVirtiofsd() as string;
    const stdio: StdioOptions = ["ignore", "ignore", "pipe"];
    const process = spawn(program, argumentsOf(program, directory, socket, isUpper), { stdio });
    const daemon = new Virtiofsd(process, socket);
    const end = performance.now() + START_TIMEOUT_MS;
    while (!isListening(socket)) {
      if (performance.now() > end || daemon.#isOver) {
        await daemon.end();
        throw new Error(`Cannot serve "${directory}": no socket\n${daemon.#told}`);
      }
      await sleep(10);
    }
    return daemon;
  }

  /** Ends it, if its guest's end did not. */
  async end(): Promise<void> {
    for (let tries = 0; !this.#isOver; tries++) {
      if (tries === 200) this.#process.kill("SIGKILL");
      await sleep(10);
    }
    rmSync(this.#socket, { force: true }); // QEMU's own leaves it
  }
}

// A socket has its name before it listens; and a virtiofsd takes one connection only, so that none is made to try. In
// /proc/net/unix (proc(5)) the flag __SO_ACCEPTCON is told of one that listens.
function isListening(socket: string): boolean {
  const lines = readFileSync("/proc/net/unix", "utf8").split("\n");
  return lines.some((line) => line.endsWith(` ${socket}`) && line.split(" ")[3] === "00010000");
}

// An overlay's upper directory takes extended attributes, and the right to those that are trusted.
function argumentsOf(program: string, directory: string, socket: string, isUpper: boolean): string[] {
  const help = execFileSync(program, ["--help"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  if (!help.includes("--shared-dir")) {
    const more = isUpper ? ",xattr,modcaps=+sys_admin" : "";
    return [`--socket-path=${socket}`, "-o", `source=${directory},cache=auto${more}`];
  }
  return [
    ...["--shared-dir", directory, "--socket-path", socket, "--cache", "auto"],
    ...(isUpper ? ["--xattr", "--modcaps=+sys_admin"] : []),
    ...unlike.filter((option) => help.includes(option.split("=")[0] as string)),
  ];
}

// Defaults of the one written in Rust that QEMU's own does not have: with file handles it finds no mount whose path has a
// space, and the guest's Linux 6.1 falls over when it removes a directory that was announced.
const unlike = ["--inode-file-handles=never", "--no-announce-submounts"];
