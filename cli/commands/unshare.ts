import type { PlanRequest, Sandbox } from "../../mod.ts";
import type { FoundShare } from "../../table/mod.ts";
import { insteadOf, nearestOf } from "../../words/nearest.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import type { Io } from "../io.ts";
import { machineOf } from "../machines.ts";
import { openShare, type ShareOptions, sandboxOf } from "../open-share.ts";
import { containersOf, directoryOf, sharesOf } from "../plan/in-sandbox.ts";
import { planOnline } from "../plan/plan-requests.ts";
import { perform } from "./apply.ts";

interface UnshareOptions extends ShareOptions {
  readonly container?: string;
}

/** `guestshare unshare`: removes shares of single files, by their source, their name or their path in the hub. */
export async function unshare(io: Io, words: readonly string[], options: UnshareOptions): Promise<number> {
  const machine = await machineOf(io, options);
  if (machine && "exitCode" in machine) return machine.exitCode;
  const sandbox = machine?.sandbox ?? sandboxOf(io, options);
  const share = await openShare(io, sandbox, options);
  const shares = await sharesOf(share, sandbox);
  const requests = words.map((word) => requestOf(word, shares, sandbox, options.container));
  const planned = await planOnline(requests, () => share, io.signal);
  return perform(io, planned, false, options);
}

function requestOf(
  word: string,
  shares: readonly FoundShare[],
  sandbox: Sandbox,
  container: string | undefined,
): PlanRequest {
  const hub = `${directoryOf(sandbox)}/mounts`;
  const named = shares.filter(({ name, source, place }) =>
    [name, `${hub}/${name}`, source.hostPath, place].includes(word),
  );
  const found = named.filter((one) => container === undefined || containersOf([one]).includes(container));
  const [first] = found;
  if (!first && named.length > 0)
    throw usageError(
      `Cannot unshare ${JSON.stringify(word)} of container ${JSON.stringify(container)}`,
      `name one that uses it: ${containersOf(named).join(", ")}`,
      "this container does not use it",
    );
  if (!first) throw notShared(word, shares);
  if (found.length > 1)
    throw usageError(
      `Cannot unshare ${JSON.stringify(word)}: several shares show it`,
      `name one of them: ${found.map(({ name }) => name).join(", ")}`,
    );
  const mount = {
    source: first.source.hostPath ?? word,
    destination: word,
    hostPath: `${hub}/${first.name}`,
  };
  return { op: "unshareFile", sandbox, container: { id: container ?? userOf(first) }, mount };
}

function userOf(share: FoundShare): string {
  const [user, ...others] = containersOf([share]);
  if (user !== undefined && others.length === 0) return user;
  throw usageError(
    `Cannot unshare ${JSON.stringify(share.name)} of an unnamed container`,
    `give one by --container: ${[user, ...others].join(", ")}`,
    "several containers use it",
  );
}

function notShared(word: string, shares: readonly FoundShare[]): CommandError {
  const known = shares.flatMap(({ name, source }) => source.hostPath ?? name);
  const list = known.length === 0 ? "nothing is shared in this sandbox" : `shared are ${known.join(", ")}`;
  return new CommandError({
    what: `Cannot unshare ${JSON.stringify(word)}`,
    why: "no share has this source, name or path; nothing was done",
    next: nearestOf(word, known) === undefined ? list : insteadOf(word, known),
    exitCode: ExitCode.failed,
  });
}
