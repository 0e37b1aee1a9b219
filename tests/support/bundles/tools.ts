import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { env } from "node:process";
import { propagation } from "../namespace.ts";
import { commandOf } from "../runtimes.ts";
import type { Scratch } from "../scratch.ts";
import { keepBundle } from "./keep.ts";
import { type SharedBundle, shareBundle } from "./share.ts";

/** A program that writes bundles, with all that it keeps in a test's scratch directory. */
export class BundleTools {
  readonly #scratch: Scratch;
  readonly #answer: string;

  constructor(scratch: Scratch) {
    this.#scratch = scratch;
    this.#answer = `${scratch.path}/answer.json`;
    const { path } = scratch;
    for (const name of ["home", "tmp", "bundle"]) scratch.directory(name);
    scratch.file(
      "storage.conf",
      `[storage]\ndriver="vfs"\ngraphroot="${path}/root"\nrunroot="${path}/run"\n`,
    );
    const engine = ['events_logger="none"', 'cgroup_manager="cgroupfs"', 'lock_type="file"'];
    scratch.file("containers.conf", `[engine]\n${engine.join("\n")}\n`);
    this.#writeRuntime();
  }

  /** The bundle that this command of runc or crun writes into its directory, shared; `name` is what it may be kept as. */
  async spec(name: string, ...command: [string, ...string[]]): Promise<SharedBundle> {
    const bundle = `${this.#scratch.path}/bundle`;
    this.#scratch.file("bundle/rootfs/etc/name", "runc");
    rmSync(`${bundle}/config.json`, { force: true });
    const { status, output } = this.#run(bundle, command);
    if (status !== 0) throw new Error(`Cannot write a bundle: ${command.join(" ")}: ${output}`);
    const shared = await shareBundle(
      this.#scratch.hostDir,
      bundle,
      readFileSync(`${bundle}/config.json`, "utf8"),
    );
    keepBundle(this.#scratch, name, shared);
    return shared;
  }

  /** The bundle that `podman run` writes, shared from where it is used. */
  podman(name: string, ...args: readonly string[]): SharedBundle {
    const { path } = this.#scratch;
    const unconfined = ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"];
    const own = ["--root", `${path}/root`, "--runroot", `${path}/run`, "--tmpdir", `${path}/tmp/podman`];
    const run = ["run", "--rm", "--cgroups", "no-conmon", ...unconfined, ...args];
    return this.#create(name, "podman", [...own, "--runtime", `${path}/runtime`, ...run]);
  }

  /** The bundle that `buildah run` writes for a container with these files, shared from where it is used. */
  buildah(name: string, files: string, ...args: readonly string[]): SharedBundle {
    const { path } = this.#scratch;
    const unconfined = ["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"];
    for (const command of [
      ["from", ...unconfined, "--name", name, "scratch"],
      ["add", name, files, "/"],
    ]) {
      const { status, output } = this.#run(path, ["buildah", ...command]);
      if (status !== 0) throw new Error(`Cannot make a container: buildah ${command.join(" ")}: ${output}`);
    }
    const run = ["run", "--runtime", `${path}/runtime`, "--isolation", "oci"];
    return this.#create(name, "buildah", [...run, ...args]);
  }

  #create(name: string, program: string, args: readonly string[]): SharedBundle {
    rmSync(this.#answer, { force: true });
    const { output } = this.#run(this.#scratch.path, [program, ...args]);
    if (!existsSync(this.#answer))
      throw new Error(`Cannot find a bundle: ${program} ${args.join(" ")}: ${output}`);
    const { shared, error } = JSON.parse(readFileSync(this.#answer, "utf8"));
    if (error) throw new Error(`Cannot share the bundle of ${program} ${args.join(" ")}: ${error}`);
    keepBundle(this.#scratch, name, shared);
    return shared;
  }

  // In namespaces of its own: what it starts and mounts ends with it, and the machine's /run is not written to.
  #run(cwd: string, command: readonly string[]): { status: number | null; output: string } {
    const shared = propagation === "shared" ? "mount --make-rshared / && " : "";
    const script = `${shared}mount -t tmpfs run /run && cd "$0" && exec "$@"`;
    const processes = ["-p", "-f", "--kill-child", "--mount-proc"];
    const unshare = ["-m", "--propagation", "private", ...processes, "sh", "-c", script, cwd, ...command];
    const { path } = this.#scratch;
    const { status, stdout, stderr } = spawnSync("unshare", unshare, {
      encoding: "utf8",
      timeout: 60_000,
      killSignal: "SIGKILL",
      env: {
        PATH: env.PATH,
        HOME: `${path}/home`,
        TMPDIR: `${path}/tmp`,
        CONTAINERS_CONF: `${path}/containers.conf`,
        CONTAINERS_STORAGE_CONF: `${path}/storage.conf`,
      },
    });
    return { status, output: `${stdout}${stderr}` };
  }

  // What calls it does not pass its environment on.
  #writeRuntime(): void {
    const { hostDir } = this.#scratch;
    const program = commandOf("../bundles/runtime");
    const words = ["env", `HOME=${env.HOME ?? "/"}`, ...program, hostDir, this.#answer].map(quote);
    const lines = ["#!/bin/sh", `exec ${words.join(" ")} "$@"`, ""];
    writeFileSync(`${this.#scratch.path}/runtime`, lines.join("\n"), { mode: 0o755 });
  }
}

const quote = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
