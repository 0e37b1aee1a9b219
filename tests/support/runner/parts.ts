import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { getuid } from "node:process";
import { denoPath, findTool } from "./tools.ts";

/** A part of the test run: one command, and what has to be there for it. */
export interface Part {
  /** Its words choose it: `npm test -- host deno private`. */
  readonly name: string;
  readonly heading: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Why it cannot run, and what it would have shown. */
  readonly missing?: string | undefined;
}

type Runtime = "node" | "deno";

/** All parts of the test run, in order. `only` are pieces of file names; none stands for all files. */
export function partsOf(root: string, only: readonly string[]): Part[] {
  return [
    purePart(root, "node", "core", only),
    ...(existsSync(join(root, "tests/node")) ? [purePart(root, "node", "node", only)] : []),
    purePart(root, "deno", "core", only),
    purePart(root, "node", "input", only),
    purePart(root, "deno", "input", only),
    purePart(root, "node", "agent", only),
    purePart(root, "deno", "agent", only),
    purePart(root, "node", "copy", only),
    purePart(root, "deno", "copy", only),
    browserPart(root, only),
    ...hostParts(root, only),
  ].filter(({ command, missing }) => command.length > 0 || missing !== undefined);
}

function purePart(root: string, runtime: Runtime, folder: string, only: readonly string[]): Part {
  const files = filesOf(root, runtime, folder, only);
  return {
    name: `${folder} ${runtime}`,
    heading: `${folder}: pure tests on ${runtime === "node" ? "Node" : "Deno"}`,
    ...commandOf(runtime, files),
    ...lacking(runtime, files, only, folder, "that every runtime reads and plans the same"),
  };
}

function browserPart(root: string, only: readonly string[]): Part {
  const files = filesOf(root, "node", "browser", only);
  const chromium = findTool("chromium") ?? findTool("chromium-browser") ?? findTool("google-chrome");
  const missing = chromium ? undefined : "chromium is not installed; it would have planned every fixture too";
  return {
    name: "browser node",
    heading: "browser: the public door in Chromium",
    ...commandOf("node", files),
    ...lacking("node", files, only, "browser", "that a browser plans the same bytes"),
    ...(missing && { missing }),
    ...(chromium && { environment: { CHROMIUM: chromium } }),
  };
}

function hostParts(root: string, only: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (const runtime of ["node", "deno"] as const) {
    const files = filesOf(root, runtime, "host", only);
    for (const propagation of ["private", "shared"] as const) {
      const { command } = commandOf(runtime, files);
      parts.push({
        name: `host ${runtime} ${propagation}`,
        heading: `host: real mounts on ${runtime === "node" ? "Node" : "Deno"}, propagation ${propagation}`,
        command: command.length > 0 ? inNamespace(propagation, command) : [],
        environment: { GUESTSHARE_TEST_PROPAGATION: propagation },
        ...lacking(runtime, files, only, "host", "that shares are mounted and taken back"),
        ...(findTool("unshare")
          ? {}
          : { missing: "unshare is not installed; without it nothing is mounted" }),
      });
    }
  }
  return parts;
}

// Never `unshare --propagation shared`: that would leave our mounts peers of the machine's.
function inNamespace(propagation: "private" | "shared", command: readonly string[]): string[] {
  const user = getuid?.() === 0 ? [] : ["-r"];
  const prepare = propagation === "shared" ? "mount --make-rshared / && " : "";
  return [
    ...["unshare", ...user, "-m", "--propagation", "private", "--"],
    ...["sh", "-c", `${prepare}exec "$@"`, "sh", ...command],
  ];
}

function commandOf(runtime: Runtime, files: readonly string[]): { command: string[] } {
  if (files.length === 0) return { command: [] };
  const deno = denoPath();
  if (runtime === "deno") return { command: deno ? [deno, "test", "-A", "--no-check", ...files] : [] };
  const options = ["--test", "--test-reporter=spec", "--test-concurrency=1", "--enable-source-maps"];
  return { command: [process.execPath, ...options, ...files] };
}

function lacking(
  runtime: Runtime,
  files: readonly string[],
  only: readonly string[],
  folder: string,
  shows: string,
): { missing?: string } {
  if (files.length === 0)
    return only.length > 0 ? {} : { missing: `tests/${folder} has no tests to show ${shows}` };
  if (runtime === "node" || denoPath()) return {};
  return { missing: `deno is not installed (npm install brings it); it would have shown on Deno ${shows}` };
}

// Node runs what tsc made of the tests; Deno runs them as they are.
function filesOf(root: string, runtime: Runtime, folder: string, only: readonly string[]): string[] {
  const directory = join(root, runtime === "node" ? "dist/tests" : "tests", folder);
  if (!existsSync(directory)) return [];
  const ending = runtime === "node" ? ".test.js" : ".test.ts";
  const names = readdirSync(directory).filter((name) => name.endsWith(ending));
  const chosen = names.filter((name) => only.length === 0 || only.some((piece) => name.includes(piece)));
  return chosen.sort().map((name) => join(directory, name));
}
