import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { env, getuid } from "node:process";
import { findTool, isExecutable } from "../support/runner/tools.ts";

/** The programs of a node. */
export interface Programs {
  /** The version of containerd, as in 2.4.2. */
  readonly version: string;
  /** The directory of containerd, its shim and ctr, which have to be of one version. */
  readonly directory: string;
  readonly crictl: string;
  readonly runc: string;
}

/** The versions that are built: the newest, with NRI 0.12, and the last with NRI 0.8. */
const versions = ["2.4.2", "2.1.9"];
const CRI_TOOLS = "sigs.k8s.io/cri-tools/cmd/crictl@v1.34.0";
const TAGS = "no_btrfs no_devmapper no_zfs no_aufs";
const commands = ["containerd", "ctr", "containerd-shim-runc-v2"];

/**
 * The programs of each version. GUESTSHARE_CONTAINERD names directories with containerd, its shim and ctr, separated by ":"; without
 * it they are built with Go into ~/.cache/guestshare, once, which takes some minutes.
 *
 * @throws {Error} for what is missing, in words for a person.
 */
export function findPrograms(): Programs[] {
  if (getuid?.() !== 0) throw new Error("only root may run containerd");
  const named = (env.GUESTSHARE_CONTAINERD ?? "").split(delimiter).filter((directory) => directory !== "");
  const directories = named.length > 0 ? named : versions.map(builtDirectory);
  const runc = toolOf("runc", "apt-get install runc");
  for (const tool of ["umoci", "unshare", "bash", "cc"]) toolOf(tool, `apt-get install ${debianNames[tool]}`);
  return directories.map((directory) => {
    for (const name of commands)
      if (!isExecutable(join(directory, name)))
        throw new Error(`${JSON.stringify(directory)} has no ${name}`);
    const version = versionOf(join(directory, "containerd"));
    return { version, directory, runc, crictl: crictlOf(directories) };
  });
}

const debianNames: Record<string, string> = {
  ...{ umoci: "umoci", unshare: "util-linux", bash: "bash", cc: "gcc libc6-dev" },
};

function toolOf(name: string, remedy: string): string {
  const path = findTool(name);
  if (path === undefined) throw new Error(`${name} is not installed (${remedy})`);
  return path;
}

function crictlOf(directories: readonly string[]): string {
  const beside = directories.map((directory) => join(directory, "crictl")).find(isExecutable);
  const path = env.GUESTSHARE_CRICTL ?? beside ?? findTool("crictl");
  if (path === undefined || !isExecutable(path))
    throw new Error("there is no crictl (GUESTSHARE_CRICTL names one)");
  return path;
}

function versionOf(containerd: string): string {
  const text = execFileSync(containerd, ["--version"], { encoding: "utf8" });
  const found = /\bv?(\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (found === undefined) throw new Error(`${JSON.stringify(containerd)} does not say its version`);
  return found;
}

function builtDirectory(version: string): string {
  const directory = join(
    env.XDG_CACHE_HOME ?? join(homedir(), ".cache"),
    "guestshare",
    `containerd-${version}`,
  );
  if (!commands.every((name) => isExecutable(join(directory, name)))) build(version, directory);
  return directory;
}

/** Builds a version. Some cannot be installed by `go install` alone, so a module imports its commands. */
function build(version: string, directory: string): void {
  console.log(`Building containerd ${version} into ${directory}, which takes some minutes`);
  const source = join(directory, "source");
  mkdirSync(source, { recursive: true });
  const packages = commands.map((name) => `github.com/containerd/containerd/v2/cmd/${name}`);
  const imports = packages.map((name) => `import _ "${name}"\n`).join("");
  writeFileSync(join(source, "tools.go"), `//go:build tools\n\npackage tools\n\n${imports}`);
  writeFileSync(join(source, "go.mod"), "module tools\n\ngo 1.24\n");
  const go = (...args: string[]) => {
    execFileSync("go", args, { cwd: source, stdio: "inherit", env: { ...env, GOBIN: directory } });
  };
  go("get", `github.com/containerd/containerd/v2@v${version}`);
  go("mod", "tidy");
  for (const [i, name] of packages.entries())
    go("build", "-ldflags", "-s -w", "-tags", TAGS, "-o", join(directory, commands[i] ?? ""), name);
  if (findTool("crictl") === undefined) go("install", "-ldflags", "-s -w", CRI_TOOLS);
}
