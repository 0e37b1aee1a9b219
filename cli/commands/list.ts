import { dirname } from "node:path";
import type { Finding } from "../../table/mod.ts";
import { insteadOf } from "../../words/nearest.ts";
import type { CommonOptions } from "../command.ts";
import { libcOf } from "../engine.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { namedHostDir } from "../host-dir.ts";
import type { Io } from "../io.ts";
import { pageAddress, sayLink } from "../link/page-address.ts";
import { linkToSandboxes } from "../link/table-text.ts";
import { escaped } from "../print/escaped.ts";
import { filesystemsOf, leftOverFilesystem } from "../print/filesystems.ts";
import { jsonText } from "../print/json.ts";
import { listJson, listLines } from "../print/list.ts";
import { defaultListColumns, type ListColumn, listColumns } from "../print/list-columns.ts";
import { shellWord } from "../print/shell-quote.ts";
import { unmountedIn } from "../unmounted.ts";

interface ListCommandOptions extends CommonOptions {
  readonly output?: string;
  readonly everywhere?: boolean;
  readonly link?: boolean;
  readonly node?: boolean;
  readonly socket?: string;
  readonly format?: "tree" | "json" | "svg";
}

/** `guestshare list`: the sandboxes that there are and what they share, as findmnt lists mounts. */
export async function list(io: Io, _words: readonly string[], options: ListCommandOptions): Promise<number> {
  if (options.node) return (await import("../node/list-node.ts")).listNode(io, options);
  const format = options.json ? "json" : (options.format ?? "tree");
  const columns = options.output === undefined ? undefined : columnsOf(options.output, format);
  const page = pageOf(io, options);
  const { listSandboxes } = await import("../../ffi/mod.ts");
  const { everywhere = false, id } = options;
  const found = await listSandboxes({
    ...{ hostDir: namedHostDir(io, options), everywhere },
    ...(await libcOf(options)),
  });
  const sandboxes = id === undefined ? found : found.filter((sandbox) => sandbox.id === id);
  const { leftOver } = await unmountedIn(io, options);
  if (id !== undefined && sandboxes.length + leftOver.length === 0) throw notFound(id, everywhere);
  const directories = sandboxes.map(({ directory }) => directory);
  const link = page && (await linkToSandboxes(io, page, directories));
  const filesystems = [
    ...filesystemsOf(sandboxes),
    ...leftOver.map(({ sandbox, directory }) => leftOverFilesystem(sandbox, directory)),
  ];
  if (format === "svg") io.stdout.write((await import("../print/picture.ts")).listSvg(sandboxes));
  else if (format === "json") {
    const listed = listJson(filesystems, columns ?? listColumns);
    io.stdout.write(jsonText({ filesystems: listed, ...(link && { link }) }));
  } else if (filesystems.length > 0)
    io.stdout.write(`${listLines(filesystems, columns ?? defaultListColumns(everywhere)).join("\n")}\n`);
  else if (!options.quiet) io.stderr.write(noneHere(everywhere));
  sayLink(io, format === "json" ? undefined : link);
  if (!options.quiet && format !== "svg") for (const one of leftOver) io.stderr.write(leftOverText(one));
  return ExitCode.done;
}

function pageOf(io: Io, { link, everywhere }: ListCommandOptions): string | undefined {
  if (!link) return undefined;
  if (!everywhere) return pageAddress(io);
  throw usageError(
    "Cannot link to sandboxes of other mount namespaces",
    "leave out --everywhere, or run it there",
    "a link has the mounts of one namespace",
  );
}

// A machine of `guestshare run` is in a namespace of its own.
function noneHere(isEverywhere: boolean): string {
  return isEverywhere
    ? "No sandboxes are here.\n"
    : "No sandboxes are here. `guestshare list --everywhere` looks into other mount namespaces, too.\n";
}

function leftOverText({ sandbox, directory }: Finding): string {
  const command = `guestshare cleanup --id ${shellWord(sandbox)} --host-dir ${shellWord(dirname(directory))}`;
  return `${escaped(sandbox)} is left over: nothing is mounted in it here; remove it by: ${command}\n`;
}

function columnsOf(text: string, format: string): ListColumn[] {
  if (format === "svg")
    throw usageError("Cannot draw columns", "leave out --output", "a picture has three columns of its own");
  return text.split(",").map((word) => {
    const name = word.trim().toUpperCase();
    const column = listColumns.find((one) => one.name === name);
    if (column) return column;
    const known = listColumns.map((one) => one.name);
    throw usageError(
      `Cannot list the column ${JSON.stringify(word)}`,
      insteadOf(name, known),
      "there is none of this name",
    );
  });
}

function notFound(id: string, isEverywhere: boolean): CommandError {
  return new CommandError({
    what: `Cannot list sandbox ${JSON.stringify(id)}: nothing of it is mounted here`,
    why: "it was never prepared, was cleaned up, or lives in another mount namespace",
    next: isEverywhere
      ? "see `guestshare list --everywhere` for all that there are"
      : "see `guestshare list --everywhere`, which looks into other mount namespaces, too",
    exitCode: ExitCode.failed,
  });
}
