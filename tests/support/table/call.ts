import type { Container, FilesystemShare, Mount, Op, PlanArguments } from "../../../ffi/mod.ts";

/** An operation with what it is called with: planned first, and then performed. */
export type AnyCall = { [O in Op]: readonly [operation: O, ...args: PlanArguments[O]] }[Op];

/** Performs it. */
export function perform(share: FilesystemShare, [operation, ...args]: AnyCall): Promise<unknown> {
  return (share[operation] as (...args: unknown[]) => Promise<unknown>)(...args);
}

/** The container that it is for, if it is for one. */
export function containerOf([, first]: AnyCall): string | undefined {
  return first && "id" in first ? (first as Container).id : undefined;
}

/** What it is, in words. */
export function nameOf([operation, first, second]: AnyCall): string {
  const { id = "", rootFs, mounts = [] } = (first ?? {}) as Partial<Container>;
  const all = second && "destination" in second ? [second as Mount] : mounts;
  const sources = all.map(({ source, options, hostPath }) => `${hostPath ?? source} ${options ?? ""}`);
  return [operation, id, rootFs?.target ?? "", ...sources].join(" ");
}
