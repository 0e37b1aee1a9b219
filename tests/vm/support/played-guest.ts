import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import {
  type GuestMount,
  type GuestScriptOptions,
  type GuestShare,
  guestScript,
  guestUndoScript,
  sharesMounts,
} from "../../../vm/mod.ts";
import { mount } from "../../support/mounts.ts";
import type { Scratch } from "../../support/scratch.ts";

/** A mount of a played guest. */
export interface GuestMountSeen {
  readonly id: string;
  /** Its root in its filesystem. */
  readonly from: string;
  readonly point: string;
  readonly options: string;
  readonly type: string;
}

/** What a script came to. */
export interface ScriptResult {
  readonly status: number | null;
  readonly said: string;
}

/**
 * A directory that stands for a guest, in a mount namespace of its own. Its device is a ramfs of the host, which a bind stands for, so
 * that the guest's table has the names of shares in it, as that of a real guest has.
 */
export class PlayedGuest {
  readonly #init: ChildProcess;
  readonly #shell: readonly [string, ...string[]];
  /** The guest's root on the host. */
  readonly path: string;
  /** What the host shares. */
  readonly view: string;

  constructor(scratch: Scratch, shell: readonly [string, ...string[]]) {
    this.#shell = shell;
    this.path = scratch.directory("guest");
    this.view = scratch.directory("view");
    mount("-t", "ramfs", "-o", "mode=0755", "shares", this.view);
    const forever = ["sh", "-c", "echo; exec sleep 600"];
    this.#init = spawn("unshare", ["-m", "--propagation", "private", ...forever], {
      stdio: ["ignore", "pipe", "inherit"],
    });
  }

  /** Shares something in it, as the host does: a directory, or a file with this content; what the guest needs to know of it. */
  share(target: string, { mode = "rw", content }: { mode?: "ro" | "rw"; content?: string } = {}): GuestShare {
    const place = `${this.path}${target}`;
    const share = {
      name: nameOf(place),
      target: place,
      mode,
      kind: content === undefined ? "directory" : "file",
    } as const;
    if (content === undefined) mkdirSync(`${this.view}/${share.name}`);
    else writeFileSync(`${this.view}/${share.name}`, content);
    return share;
  }

  /** Takes a share away on the host. */
  unshare({ name, kind }: GuestShare): void {
    if (kind === "file") unlinkSync(`${this.view}/${name}`);
    else rmSync(`${this.view}/${name}`, { recursive: true });
  }

  /** What the guest mounts for these shares. */
  mountsOf(...shares: readonly GuestShare[]): GuestMount[] {
    return sharesMounts({ tag: "shares", guestDirectory: `${this.path}/run/shares`, shares });
  }

  /** Waits until it has its namespace. */
  async start(): Promise<this> {
    await new Promise((resolve) => this.#init.stdout?.once("data", resolve));
    return this;
  }

  /** Ends it, and all its mounts with it. */
  async end(): Promise<void> {
    const ended = new Promise((resolve) => this.#init.once("exit", resolve));
    this.#init.kill("SIGKILL");
    await ended;
  }

  /** Runs a command in it. */
  run(...command: readonly string[]): string {
    return execFileSync("nsenter", this.#within(command), { encoding: "utf8", stdio: "pipe" });
  }

  /** Starts a program that goes on in it, in a directory. */
  async hold(directory: string): Promise<ChildProcess> {
    const words = ["sh", "-c", 'cd "$0" && echo && exec sleep 600', directory];
    const child = spawn("nsenter", this.#within(words), { stdio: ["ignore", "pipe", "inherit"] });
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    return child;
  }

  /** Runs a script in it. */
  runScript(script: string): ScriptResult {
    mkdirSync(`${this.path}/tmp`, { recursive: true });
    writeFileSync(`${this.path}/tmp/script`, script);
    const command = this.#within([...this.#shell, `${this.path}/tmp/script`]);
    const { status, stderr } = spawnSync("nsenter", command, { encoding: "utf8" });
    return { status, said: stderr };
  }

  /** Runs the script of these mounts in it. */
  apply(mounts: readonly GuestMount[], options: GuestScriptOptions = {}): ScriptResult {
    return this.runScript(deviceOf(this.view) + guestScript(mounts.map(asPlayed), this.#owning(options)));
  }

  /** Runs the script that undoes these mounts. */
  undo(mounts: readonly GuestMount[]): ScriptResult {
    return this.runScript(deviceOf(this.view) + guestUndoScript(mounts.map(asPlayed), this.#owning({})));
  }

  /** The mounts below its root, in their order. */
  mounts(): GuestMountSeen[] {
    const lines = readFileSync(`/proc/${this.#init.pid}/mountinfo`, "utf8").trimEnd().split("\n");
    return lines.map(seen).filter(({ point }) => point.startsWith(`${this.path}/`));
  }

  /** What is mounted, as "TARGET FROM OPTIONS", with targets below its root. */
  table(): string[] {
    return this.mounts().map(({ point, from, options }) => {
      const limits = options.split(",").filter((word) => /^(?:ro|no(?:suid|dev|exec))$/.test(word));
      return [point.slice(this.path.length), from, ...limits].join(" ");
    });
  }

  #owning(options: GuestScriptOptions): GuestScriptOptions {
    return { owns: `${this.path}/run/own`, patienceSeconds: 0, ...options };
  }

  #within(command: readonly string[]): string[] {
    return ["-t", String(this.#init.pid), "-m", "--", ...command];
  }
}

// The kernel has no type of a name of ours: a ramfs stands for virtiofs, and a bind for mounting it by its tag.
function asPlayed(mount: GuestMount): GuestMount {
  return mount.kind === "view" ? { ...mount, filesystem: "ramfs" } : mount;
}

function deviceOf(view: string): string {
  return `mount() {
  case "$*" in
    "-t ramfs -- shares "*) command mount -t none -o bind ${view} "$5" ;;
    *) command mount "$@" ;;
  esac
}
`;
}

/** As the host names a share: its owner, and its place with all bytes encoded that a mount table escapes. */
function nameOf(place: string): string {
  const bytes = [...Buffer.from(place)].map((byte) => {
    const isPlain = byte > 0x20 && byte !== 0x7f && !"%/\\#".includes(String.fromCharCode(byte));
    return isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  });
  return Buffer.from(`machine${bytes.join("")}`, "latin1").toString("utf8");
}

function seen(line: string): GuestMountSeen {
  const [left = "", right = ""] = line.split(" - ");
  const [id = "", , , from = "", point = "", options = ""] = left.split(" ");
  return { id, from: plain(from), point: plain(point), options, type: right.split(" ")[0] ?? "" };
}

function plain(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)));
}
