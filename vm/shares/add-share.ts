import type { FilesystemShare } from "../../ffi/mod.ts";
import { mountOf } from "./mount-of-request.ts";
import { checkShareRequest, type ShareRequest } from "./options.ts";
import type { Share } from "./share.ts";

// The names of such shares have no digits in them.
const random = "0000000000000000";

/** Shares a file for an owner: a container, or the machine itself. */
export async function addShare(
  host: FilesystemShare,
  owner: string,
  request: ShareRequest,
  signal: AbortSignal | undefined,
): Promise<Share> {
  checkShareRequest(request);
  const mount = await mountOf(request);
  const shared = await host.shareFile({ id: owner }, mount, { random, signal });
  // A guest that shares a filesystem has every file that is shared.
  if (!shared) throw new TypeError("a sandbox of guestshare/vm shares a filesystem");
  const remove = () => shared.unshare();
  const { mode } = request;
  return Object.freeze({
    ...{ source: mount.source as string, target: mount.destination, mode, inGuest: shared.guestPath },
    remove,
    [Symbol.asyncDispose]: remove,
  });
}
