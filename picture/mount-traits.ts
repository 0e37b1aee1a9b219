import type { TraitSet } from "./draft/trait-set.ts";

/** Adds what the attributes of a mount say: whether it can be written to, and whether its ids are mapped. */
export function addAttributes(traits: TraitSet, attributes: readonly string[]): void {
  traits.add(attributes.includes("ro") ? "read-only" : "read-write");
  if (attributes.includes("idmap") || attributes.includes("ridmap")) traits.add("idmapped");
}

/** Adds that something is read-only if it says so itself or what it is made from is, else that it can be written to. */
export function addAccess(traits: TraitSet, isReadOnly: boolean, from?: { readonly traits: TraitSet }): void {
  traits.add(isReadOnly || from?.traits.has("read-only") ? "read-only" : "read-write");
}

/** Whether a container's mount is read-only by its own words. "ro" wins over "rw", as it does in plans. */
export function isReadOnlyMount({
  readOnly,
  options,
}: {
  readonly readOnly?: boolean | undefined;
  readonly options?: readonly string[] | undefined;
}): boolean {
  return readOnly === true || (options?.some((option) => option === "ro" || option === "rro") ?? false);
}
