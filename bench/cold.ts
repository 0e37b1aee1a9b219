import { writeFileSync } from "node:fs";
import { execPath } from "node:process";
import { type Figure, figure, ratio } from "./figures.ts";
import { inTurn } from "./in-turn.ts";
import { compile, denoPath, numberFrom, root } from "./programs.ts";
import type { Room } from "./room.ts";
import { wallOf } from "./wall.ts";

// What a process takes that shares one small container and ends, each time a new one. Its programs are written into the room,
// and take no arguments: who reads those has the runtime load what this package does not use.

const MOUNTS = 25;
const RUNS = 15;

/** The figures of `cold`: processes from their start to their end, and their operations alone. */
export function coldFigures(room: Room): Figure[] {
  const { directory } = room;
  const program = (name: string, text: string) => {
    writeFileSync(`${directory}/${name}.mjs`, text);
    return `${directory}/${name}.mjs`;
  };
  const bundle = (door: string) => JSON.stringify(`${root}dist/doors/${door}.js`);
  const node = (file: string) => [execPath, file];
  const deno = (file: string) => [denoPath, "run", "-A", "--no-config", "--no-lock", file];

  const empty = program("empty", "");
  const nodeFs = program("node-fs", 'import "node:fs";\n');
  const job = (end: string, open?: string) => jobOf(bundle("host"), directory, { open, end });
  const whole = program("whole", job(""));
  const print = "console.log(performance.now() - start);\n";
  const operations = program("operations", job(print));
  // The same without opening libc, which is the same for any program that makes system calls.
  const opened = (name: string, libc: string) =>
    program(
      name,
      jobOf(bundle("host"), directory, {
        before: `const libc = await openLibc(${libc});\n`,
        open: "libc",
        end: print,
      }),
    );
  // What is used where nothing else is there is named here, for koffi is there.
  const openFfiRs = 'libc: await openLibc("ffi-rs")';
  const wall = (command: readonly string[]) => () => wallOf(command);
  const walls = inTurn(
    new Map([
      ["node", wall(node(empty))],
      ["deno", wall(deno(empty))],
      ["deno.fs", wall(deno(nodeFs))],
      ["node.host", wall(node(program("host", `import ${bundle("host")};\n`)))],
      ["node.guestshare", wall(node(program("guestshare", `import ${bundle("mod")};\n`)))],
      ["deno.host", wall(deno(program("host", `import ${bundle("host")};\n`)))],
      ["deno.guestshare", wall(deno(program("guestshare", `import ${bundle("mod")};\n`)))],
      ["node-koffi.job", wall(node(whole))],
      ["node.job", wall(node(program("whole-ffi-rs", job("", openFfiRs))))],
      ["deno.job", wall(deno(whole))],
    ]),
    RUNS,
  );
  const c = [compile("cold", room), directory, String(MOUNTS)];
  const times = inTurn(
    new Map([
      ["c", () => numberFrom(c)],
      ["node-koffi", () => numberFrom(node(operations))],
      ["node", () => numberFrom(node(program("operations-ffi-rs", job(print, openFfiRs))))],
      ["deno", () => numberFrom(deno(operations))],
      ["node-koffi.operations", () => numberFrom(node(opened("opened", "")))],
      ["node.operations", () => numberFrom(node(opened("opened-ffi-rs", '"ffi-rs"')))],
      ["deno.operations", () => numberFrom(deno(opened("opened", "")))],
    ]),
    RUNS,
  );
  const against = (name: string, reference: string) => {
    const start = walls.get(reference) ?? Number.NaN;
    return ratio(`cold.${name}.import_vs_start`, (walls.get(name) ?? Number.NaN) - start, start);
  };
  return [
    ...[...walls.keys()].map((name) => ({ ...figure(name, walls, "ms"), name: `cold.${name}.wall_ms` })),
    ratio("cold.node-koffi.wall_vs_start", walls.get("node-koffi.job"), walls.get("node")),
    ratio("cold.node.wall_vs_start", walls.get("node.job"), walls.get("node")),
    ratio("cold.deno.wall_vs_fs", walls.get("deno.job"), walls.get("deno.fs")),
    against("node.host", "node"),
    against("node.guestshare", "node"),
    against("deno.host", "deno"),
    against("deno.guestshare", "deno"),
    ...[...times.keys()].map((name) => ({ ...figure(name, times, "ms"), name: `cold.${name}.ms` })),
    ...["node-koffi", "node", "deno"].flatMap((name) => [
      ratio(`cold.${name}.vs_c`, times.get(name), times.get("c")),
      ratio(`cold.${name}.operations_vs_c`, times.get(`${name}.operations`), times.get("c")),
    ]),
  ];
}

// The job as a program: as a user writes it.
function jobOf(
  bundle: string,
  directory: string,
  { before = "", open = "", end }: { before?: string; open?: string | undefined; end: string },
): string {
  return `import { FilesystemShare, openLibc } from ${bundle};
${before}const start = performance.now();
const directory = ${JSON.stringify(directory)};
const share = new FilesystemShare({ id: "s1", hostDir: directory + "/host" }, { ${open} });
await share.prepare();
const mounts = Array.from({ length: ${MOUNTS} }, (_, i) => ({
  source: directory + "/sources/f" + i,
  destination: "/etc/f" + i,
  readOnly: true,
}));
await share.shareContainer({ id: "c1", rootFs: { target: directory + "/rootfs" }, mounts });
await share.unshareContainer({ id: "c1" });
await share.cleanup();
${end}`;
}
