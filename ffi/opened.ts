import { type Core, loadSync } from "../mod.ts";
import { type Host, hostOf } from "./linux/host.ts";
import type { Libc } from "./linux/libc.ts";
import { openLibc } from "./linux/open-libc.ts";

/** What every operation needs: the core, which decides, and this machine. */
export interface Opened {
  readonly core: Core;
  readonly host: Host;
}

let ownHost: Promise<Host> | undefined;

/** Loads the core, and opens this runtime's libc once, unless another one is given. */
export async function open(libc: Libc | undefined): Promise<Opened> {
  ownHost ??= libc ? undefined : openLibc().then(hostOf);
  const host = libc ? hostOf(libc) : await (ownHost as Promise<Host>);
  return { core: loadSync(), host };
}
