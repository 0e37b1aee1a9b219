import type { CopyTrouble } from "./copy-error.ts";
import type { CopyItem } from "./copy-item.ts";

/** Why a copy is over, from the moment that it is until nothing is open any more: a CopyError is made of it then. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly item: CopyItem & { readonly offset?: number };
  readonly trouble: CopyTrouble;

  constructor(item: CopyItem & { readonly offset?: number }, cause: unknown, trouble: CopyTrouble) {
    super(`the copy is over: ${trouble}`, { cause });
    this.item = item;
    this.trouble = trouble;
  }
}
