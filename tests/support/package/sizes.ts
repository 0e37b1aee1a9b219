import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";

/** What is used of a part of a program's syntax. */
interface Syntax {
  readonly end: number;
  readonly name?: Syntax;
  readonly body?: Syntax;
  getStart(): number;
  getText(): string;
}

interface ParsedFile extends Syntax {
  readonly statements: readonly Syntax[];
  getLineAndCharacterOfPosition(position: number): { readonly line: number };
}

interface Parser {
  createSourceFile(name: string, text: string, target: number, hasParents: boolean): ParsedFile;
  forEachChild(node: Syntax, visit: (child: Syntax) => void): void;
  isFunctionLike(node: Syntax): boolean;
  isImportDeclaration(node: Syntax): boolean;
  isExportDeclaration(node: Syntax): boolean;
}

// TypeScript 7 gives no parser to programs: this is the one that schema.json is made with.
const parser: Parser = createRequire(createRequire(import.meta.url).resolve("ts-json-schema-generator"))(
  "typescript",
);
const LATEST = 99;

/** What a file of source is made of. */
export interface FileSize {
  readonly file: string;
  readonly lines: number;
  /** How many lines each of its functions has, without the doc comment: `plan`, `Lock.take`. */
  readonly functions: readonly { readonly name: string; readonly lines: number }[];
  /** Whether it has nothing of its own, and only hands on what other files export. */
  readonly isOnlyExports: boolean;
}

/** The sizes of a file, by its path in the package. */
export function sizeOf(file: string): FileSize {
  return sizeOfText(file, readFileSync(join(packageRoot, file), "utf8"));
}

/** The sizes of a file with this text. */
export function sizeOfText(file: string, text: string): FileSize {
  const parsed = parser.createSourceFile(file, text, LATEST, true);
  const lineAt = (position: number) => parsed.getLineAndCharacterOfPosition(position).line;
  const functions: { name: string; lines: number }[] = [];
  const visit = (node: Syntax, within: string): void => {
    const name = [within, node.name?.getText()].filter(Boolean).join(".");
    if (parser.isFunctionLike(node) && node.body)
      functions.push({ name, lines: lineAt(node.end) - lineAt(node.getStart()) + 1 });
    parser.forEachChild(node, (child) => visit(child, name));
  };
  parser.forEachChild(parsed, (node) => visit(node, ""));
  const isOnlyExports = parsed.statements.every(
    (node) => parser.isImportDeclaration(node) || parser.isExportDeclaration(node),
  );
  return { file, lines: text.split("\n").length - 1, functions, isOnlyExports };
}
