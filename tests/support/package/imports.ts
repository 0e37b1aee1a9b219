import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { packageRoot } from "../package-root.ts";

/** The TypeScript files of the package in some folders, and some files, by their paths from its root. */
export function sourceFiles(...places: readonly string[]): string[] {
  return places
    .flatMap((place) => (isSource(place) ? [place] : filesIn(place)))
    .filter(isSource)
    .sort();
}

// Also with markup in it, as the page's.
function isSource(path: string): boolean {
  return /\.tsx?$/.test(path);
}

function filesIn(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const path = posix.join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

// A room that is planned and not built yet has no files.
function entriesOf(folder: string): { name: string; isDirectory(): boolean }[] {
  try {
    return readdirSync(join(packageRoot, folder), { withFileTypes: true });
  } catch {
    return [];
  }
}

const comment = /\/\*[\s\S]*?\*\/|\/\/.*/;
const literal = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/;

function textOf(file: string): string {
  return readFileSync(join(packageRoot, file), "utf8");
}

/** A file's code without its comments. */
function withoutComments(file: string): string {
  const either = new RegExp(`(${literal.source})|${comment.source}`, "g");
  return textOf(file).replace(either, (_, kept: string | undefined) => kept ?? "");
}

/** A file's code without its comments, and without what stands in its texts. */
export function bareCode(file: string): string {
  return withoutComments(file).replace(new RegExp(literal.source, "g"), '""');
}

/**
 * What a file imports, also types only and by import(): files of the package by their paths from its root, anything else
 * by its name.
 */
export function importsOf(file: string): string[] {
  const found = withoutComments(file).matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\s]+)["']/g);
  return [...new Set(Array.from(found, ([, name = ""]) => pathOf(file, name)))];
}

/** The same of what is loaded with a file: neither types nor what import() loads later. */
function loadedBy(file: string): string[] {
  const found = withoutComments(file).matchAll(
    /^(?:import|export)\s(?!type\b)(?:[^;]*?\bfrom\s*)?["']([^"'\s]+)["'];/gm,
  );
  return [...new Set(Array.from(found, ([, name = ""]) => pathOf(file, name)))];
}

// AssemblyScript leaves the ending out.
function pathOf(file: string, name: string): string {
  if (!name.startsWith(".")) return name;
  const path = posix.join(posix.dirname(file), name);
  return /\.\w+$/.test(path) ? path : `${path}.ts`;
}

/** A file and all that it imports, and so on: the files of the package, and the names of all else. */
export function closureOf(file: string): string[] {
  return closure(file, importsOf);
}

/** A file and all that is loaded with it at once. */
export function loadedWith(file: string): string[] {
  return closure(file, loadedBy);
}

function closure(file: string, importsOf: (file: string) => string[]): string[] {
  const seen = new Set([file]);
  for (const path of seen) {
    if (isSource(path)) for (const imported of importsOf(path)) seen.add(imported);
  }
  return [...seen].sort();
}
