import type { Host } from "../linux/host.ts";
import type { Ledger } from "./ledger.ts";
import type { Mounts } from "./mounts.ts";
import type { CopySettings } from "./options.ts";
import type { Sender } from "./sender.ts";

/** What copying takes. */
export interface TreeTools {
  readonly host: Host;
  readonly mounts: Mounts;
  readonly sender: Sender;
  readonly ledger: Ledger;
  readonly settings: CopySettings;
}
