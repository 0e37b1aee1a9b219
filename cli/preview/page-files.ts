import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { ExitCode } from "../exit-code.ts";
import { CommandError } from "../failure.ts";

/** A file of the page, as it is served. */
export interface PageFile {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const types: readonly (readonly [name: string, type: string])[] = [
  ["index.html", "text/html; charset=utf-8"],
  ["page.js", "text/javascript; charset=utf-8"],
  ["page.css", "text/css; charset=utf-8"],
];

// Beside the package's doors, and where a checkout has it.
const places = ["../preview/", "../../preview/", "../../dist/preview/"];

/** The folder of the built page, with a slash at its end. */
export function pageFolder(): string {
  const folder = places
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((path) => types.every(([name]) => existsSync(path + name)));
  if (folder !== undefined) return folder;
  throw new CommandError({
    what: "Cannot find the page: it was not built",
    why: "the package from npm has it, and a checkout after `npm run build`",
    next: "run `npm run build:page`",
    exitCode: ExitCode.failed,
  });
}

/** The files of the built page, by their names. */
export function pageFiles(): ReadonlyMap<string, PageFile> {
  const folder = pageFolder();
  return new Map(types.map(([name, type]) => [name, { type, bytes: readFileSync(folder + name) }]));
}
