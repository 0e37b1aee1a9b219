import { once } from "node:events";
import { hashOf } from "../../link/hash.ts";
import { stateOfRequests } from "../../link/state.ts";
import { type PlanRequest, RequestError } from "../../mod.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { type InputOptions, inputOf } from "../input/requests.ts";
import type { Io } from "../io.ts";
import { openShare } from "../open-share.ts";
import { placeholderDigits } from "../plan/digits.ts";
import { planOnline } from "../plan/plan-requests.ts";
import { pageFiles } from "../preview/page-files.ts";
import { PageServer } from "../preview/page-server.ts";
import { jsonText } from "../print/json.ts";

interface PreviewCommandOptions extends InputOptions {
  readonly port?: string;
}

/** `guestshare preview`: serves the page that draws plans, with a bundle or a request in it, until Ctrl-C. */
export async function preview(
  io: Io,
  [input]: readonly string[],
  options: PreviewCommandOptions,
): Promise<number> {
  const port = portOf(options.port ?? "0");
  const requests = isEmpty(input, options) ? [] : await requestsOf(io, input, options);
  const hash = requests.length === 0 ? "" : await hashOf(stateOfRequests(requests));
  const server = await starting(() => PageServer.start(pageFiles(), hash, port), port);
  io.stdout.write(options.json ? jsonText({ url: server.url }) : `${server.url}\n`);
  if (!options.quiet) io.stderr.write("Open that in a browser of this machine. Ctrl-C ends it.\n");
  if (!io.signal.aborted) await once(io.signal, "abort");
  server.close();
  return ExitCode.interrupted;
}

// Then the page opens with its own example.
function isEmpty(input: string | undefined, { volume = [], mount = [], config }: InputOptions): boolean {
  return input === undefined && config === undefined && volume.length + mount.length === 0;
}

async function requestsOf(
  io: Io,
  input: string | undefined,
  options: PreviewCommandOptions,
): Promise<readonly PlanRequest[]> {
  const { requests, recorded } = await inputOf(io, input, options, placeholderDigits);
  if (recorded) return recorded.map(({ request }) => request);
  if (options.offline) return requests;
  try {
    const planned = await planOnline(requests, ({ sandbox }) => openShare(io, sandbox, options), io.signal);
    return planned.map(({ request }) => request);
  } catch (error) {
    // The page says what is wrong, where it is.
    if (error instanceof RequestError) return requests;
    throw error;
  }
}

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usageError(`Cannot serve at port ${JSON.stringify(text)}`, "a port is a number from 0 to 65535");
}

async function starting(start: () => Promise<PageServer>, port: number): Promise<PageServer> {
  try {
    return await start();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE" && code !== "EACCES") throw error;
    throw new CommandError({
      what: `Cannot serve at port ${port}: ${code}`,
      why: code === "EACCES" ? "only root may use it" : "another program uses it",
      next: "leave out --port: a free one is chosen then",
      exitCode: ExitCode.failed,
    });
  }
}
