/** Makes the calls of an order, which its input has as JSON, all at once. Says how many ended how, as JSON. */
import { text } from "node:stream/consumers";
import { FilesystemShare } from "guestshare/host";
import type { Order } from "./obey.ts";

const { sandbox, calls } = JSON.parse(await text(process.stdin)) as Order;
const share = new FilesystemShare(sandbox);
const methods = share as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
const ends = calls.map(([name, ...args]) =>
  (methods[name] as (typeof methods)[string]).apply(share, args).then(
    () => "done",
    (error: Error & { call?: string }) => `${error.message}, by ${error.call}`,
  ),
);
const counts: Record<string, number> = {};
for (const end of await Promise.all(ends)) counts[end] = (counts[end] ?? 0) + 1;
console.log(JSON.stringify(counts));
