import { writeFileSync } from "node:fs";
import { execPath } from "node:process";
import { denoPath, root } from "./programs.ts";

// Programs that run once, each in a process of its own. They are written into the room, and take no arguments: who reads those has
// the runtime load what this package does not use.

/** What a program does. */
export type Job = "container" | "files-ro" | "files-rw" | "unshare";

/** How a job becomes a program. */
export interface JobOptions {
  /** Whether it opens this libc itself, before its clock starts. */
  readonly before?: "koffi" | "ffi-rs" | "deno";
  /** The option that says which libc it uses, as source text. */
  readonly open?: string | undefined;
  /** Whether it prints its milliseconds. */
  readonly isTimed?: boolean;
  readonly shares?: number;
}

const SHARES = 25;

const steps: Readonly<Record<Job, string>> = {
  container: `await share.shareContainer({ ...container, mounts });
await share.unshareContainer(container);
await share.cleanup();`,
  "files-ro": `for (const mount of mounts) await share.shareFile(container, mount);
await share.cleanup();`,
  "files-rw": `for (const mount of mounts) await share.shareFile(container, { ...mount, readOnly: false });
await share.cleanup();`,
  unshare: `await share.shareContainer({ ...container, mounts });
start = performance.now();
await share.unshareContainer(container);
end = performance.now();
await share.cleanup();`,
};

/** A job as the text of a program, as a user writes it. */
export function jobText(job: Job, directory: string, options: JobOptions = {}): string {
  const { before, open = before && "libc", isTimed = false, shares = SHARES } = options;
  return `import { FilesystemShare, openLibc } from ${bundle("host")};
${before ? `const libc = await openLibc("${before}");` : ""}
${isTimed ? "let start = performance.now(), end;" : ""}
const directory = ${JSON.stringify(directory)};
const share = new FilesystemShare({ id: "s1", hostDir: directory + "/host" }, { ${open ? `libc: ${open}` : ""} });
await share.prepare();
const container = { id: "c1", rootFs: { target: directory + "/rootfs" } };
const mounts = Array.from({ length: ${shares} }, (_, i) => ({
  source: directory + "/sources/f" + i,
  destination: "/etc/f" + i,
  readOnly: true,
}));
${steps[job]}
${isTimed ? "console.log((end ?? performance.now()) - start);" : ""}
`;
}

/** A door's bundle, as it is quoted in an import. */
export function bundle(door: string): string {
  return JSON.stringify(`${root}dist/doors/${door}.js`);
}

/** Writes programs into a directory; each by its path. */
export function programsIn(directory: string): (name: string, text: string) => string {
  return (name, text) => {
    writeFileSync(`${directory}/${name}.mjs`, text);
    return `${directory}/${name}.mjs`;
  };
}

export const onNode = (file: string): string[] => [execPath, file];
export const onDeno = (file: string): string[] => [denoPath, "run", "-A", "--no-config", "--no-lock", file];
