import type { FilesystemShare } from "../../ffi/mod.ts";
import type { Container, Mount, PlanRequest, Sandbox, SharedFile, Step } from "../../mod.ts";
import { shellWord } from "../print/shell-quote.ts";

/** A step that was obeyed; `changed` is false where its change was there already. */
export interface Obeyed {
  readonly step: Step;
  readonly changed: boolean;
}

/** A request that was performed, and what of it was new. */
export interface Performed {
  readonly request: PlanRequest;
  readonly obeyed: readonly Obeyed[];
  /** What the operation gave. */
  readonly result: unknown;
  /** Whether the request's container had shares before all of them. */
  readonly hadShares: boolean;
}

/** What takes back what was performed: an operation of the sandbox. */
export type Undo =
  | { readonly command: "cleanup"; readonly sandbox: Sandbox }
  | { readonly command: "remove"; readonly sandbox: Sandbox; readonly container: Container }
  | {
      readonly command: "unshare";
      readonly sandbox: Sandbox;
      readonly container: Container;
      readonly mount: Mount;
    };

/**
 * What takes back what requests changed, the last one first. Nothing for requests that changed nothing, and for those that remove.
 * A sandbox that was made with them takes all of it along.
 */
export function undosOf(performed: readonly Performed[]): Undo[] {
  const undos = performed.toReversed().flatMap((one) => undoOf(one) ?? []);
  const cleaned = new Set(undos.flatMap((undo) => (undo.command === "cleanup" ? nameOf(undo.sandbox) : [])));
  return undos.filter(({ command, sandbox }) => command === "cleanup" || !cleaned.has(nameOf(sandbox)));
}

/** What tells a sandbox from others in a list of requests. */
export function nameOf({ id, hostDir }: Sandbox): string {
  return JSON.stringify([id, hostDir]);
}

function undoOf({ request, obeyed, result, hadShares }: Performed): Undo | undefined {
  const { sandbox } = request;
  const changed = obeyed.filter((one) => one.changed).map(({ step }) => step);
  if (changed.length === 0) return undefined;
  switch (request.op) {
    case "prepare":
      return changed.some(({ op }) => op === "guard") ? { command: "cleanup", sandbox } : undefined;
    case "shareContainer":
    case "shareRootFilesystem":
      return hadShares || hadContainer(request.container, obeyed)
        ? undefined
        : { command: "remove", sandbox, container: request.container };
    case "shareFile": {
      const bind = changed.find((step) => step.op === "bind");
      const hostPath = (result as SharedFile | null | undefined)?.hostPath ?? bind?.target;
      if (hostPath === undefined) return undefined;
      const mount = { ...request.mount, hostPath };
      return { command: "unshare", sandbox, container: request.container, mount };
    }
    default:
      return undefined;
  }
}

// One that was shared before keeps what it had, and nothing takes back a part of it.
function hadContainer({ id }: Container, obeyed: readonly Obeyed[]): boolean {
  return obeyed.some(({ step, changed }) => !changed && "path" in step && step.path.endsWith(`/${id}`));
}

/** What nothing takes back of what requests added: what containers got that had shares before. */
export function keptOf(performed: readonly Performed[]): string[] {
  const undone = new Set(
    undosOf(performed).flatMap((one) => (one.command === "cleanup" ? nameOf(one.sandbox) : [])),
  );
  return performed.flatMap((one) => {
    const { request, obeyed } = one;
    const isOfContainer = request.op === "shareContainer" || request.op === "shareRootFilesystem";
    if (!isOfContainer || undoOf(one) || undone.has(nameOf(request.sandbox))) return [];
    const isChanged = obeyed.some(({ changed }) => changed);
    return isChanged
      ? `container ${JSON.stringify(request.container.id)} had shares before, and keeps what it got`
      : [];
  });
}

/** Takes back what was performed. */
export async function perform(undo: Undo, share: FilesystemShare): Promise<void> {
  if (undo.command === "cleanup") await share.cleanup();
  else if (undo.command === "remove") await share.unshareContainer(undo.container);
  else await share.unshareFile(undo.container, undo.mount);
}

/** The words of the command that does the same. */
export function wordsOf(undo: Undo): string[] {
  const { command, sandbox } = undo;
  const common = [
    "--id",
    sandbox.id,
    ...(sandbox.hostDir === undefined ? [] : ["--host-dir", sandbox.hostDir]),
  ];
  if (command === "cleanup") return ["guestshare", "cleanup", ...common];
  if (command === "remove") return ["guestshare", "remove", undo.container.id, ...common];
  const { hostPath = "" } = undo.mount;
  return ["guestshare", "unshare", hostPath, "--container", undo.container.id, ...common];
}

/** The same as a line for a shell. */
export function commandText(undo: Undo): string {
  return wordsOf(undo).map(shellWord).join(" ");
}
