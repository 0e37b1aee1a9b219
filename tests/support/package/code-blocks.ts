import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { packageRoot } from "../package-root.ts";

/** A program that a document shows, and what it says that the program prints. */
export interface CodeBlock {
  /** The file, and which block of it. */
  readonly name: string;
  readonly code: string;
  /** Undefined where the document does not say. */
  readonly output: string | undefined;
}

/** The documents of the package, by their paths from its root. */
export function documentedFiles(): string[] {
  const docs = readdirSync(join(packageRoot, "docs")).filter((name) => name.endsWith(".md"));
  return ["README.md", ...docs.map((name) => join("docs", name))];
}

/** All programs that the package's documents and doc comments show. */
export function documentedBlocks(): CodeBlock[] {
  return [
    ...documentedFiles().flatMap((name) => markdownBlocks(join(packageRoot, name))),
    ...["wasm", "input", "table", "picture", "ffi", "vm"].flatMap((folder) =>
      exampleBlocks(join(packageRoot, folder)),
    ),
  ];
}

/** The programs in a Markdown text: a `js` block, and the `text` block right behind it. */
function markdownBlocks(file: string): CodeBlock[] {
  const found = readFileSync(file, "utf8").matchAll(
    /^```js\n([\s\S]*?)^```(?:\n+```text\n([\s\S]*?)^```)?/gm,
  );
  return [...found].map(([, code = "", output], i) => ({
    name: `${nameOf(file)}, block ${i + 1}`,
    code,
    output,
  }));
}

/** The examples in the doc comments of a folder's modules; what they print stands in comments behind `console.log`. */
function exampleBlocks(folder: string): CodeBlock[] {
  return modulesIn(folder).flatMap((file) => {
    const found = readFileSync(file, "utf8").matchAll(/^ *\* ```ts\n([\s\S]*?)^ *\* ```/gm);
    return [...found].map(([, commented = ""], i) => {
      const code = commented.replace(/^ *\* ?/gm, "");
      return { name: `${nameOf(file)}, example ${i + 1}`, code, output: outputIn(code) };
    });
  });
}

function modulesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".ts")).map((name) => join(folder, name));
}

function outputIn(code: string): string | undefined {
  const stated = [...code.matchAll(/console\.log\(.*\);\s*\/\/ (.*)$/gm)].map(([, line = ""]) => line);
  const printed = [...code.matchAll(/console\.log/g)];
  return stated.length === printed.length && stated.length > 0 ? `${stated.join("\n")}\n` : undefined;
}

function nameOf(file: string): string {
  return relative(process.cwd(), file);
}
