import { resolve } from "node:path";
import type { Gate, LivingOptions, Monitor, MonitorOptions, PlacesStatus } from "../../node/mod.ts";
import type { CommonOptions } from "../command.ts";
import { ExitCode } from "../exit-code.ts";
import { CommandError, usageError } from "../failure.ts";
import { namedHostDir } from "../host-dir.ts";
import { millisecondsOf } from "../input/duration.ts";
import type { Io } from "../io.ts";
import { gateOf, type MonitorGateOptions } from "../node/monitor-gate.ts";
import { portOf, type ServeMonitorOptions, serveMonitor } from "../node/serve-monitor.ts";
import { jsonLine } from "../print/json.ts";
import { eventLine } from "../print/node-events.ts";
import { nodeSummary } from "../print/node-status.ts";

interface MonitorCommandOptions extends CommonOptions, MonitorGateOptions, ServeMonitorOptions {
  readonly nriSocket?: string;
  readonly livingCommand?: string;
  readonly runtimePid?: string;
  readonly every?: string;
  readonly grace?: string;
  readonly yes?: boolean;
}

/** `guestshare monitor`: watches this node, prints a line for each event, and goes on until it is told to end. */
export async function monitor(
  io: Io,
  _words: readonly string[],
  options: MonitorCommandOptions,
): Promise<number> {
  let watching: Monitor | undefined;
  const gate = await gateOf(io, options, {
    runtimePid: () => runtimeIn(watching?.places()),
    tell: (news) => watching?.tell(news),
  });
  const settings = settingsOf(io, options, gate);
  const { Monitor } = await import("../../node/mod.ts");
  let printing: Promise<void> | undefined;
  let served: AsyncDisposable | undefined;
  // Before the first look: what that removes is printed, and a monitor that nobody can ask removes nothing.
  const begin = async (begun: Monitor) => {
    watching = begun;
    printing = printed(io, begun, options);
    printing.catch(() => {}); // it is waited for below
    served = await serveMonitor(io, begun, options);
  };
  try {
    const begun = await started(Monitor.start(settings, begin), io);
    if (!options.quiet) io.stderr.write(`${nodeSummary(begun.status()).join("\n")}\n`);
    await printing;
    return ExitCode.interrupted;
  } finally {
    await served?.[Symbol.asyncDispose]();
    await watching?.close();
  }
}

// While it is not known whose mounts a container's sources are among, a gate refuses them.
function runtimeIn(places: PlacesStatus | undefined): number | "own" | undefined {
  return places?.mounts === "own" ? "own" : places?.process;
}

async function started(starting: Promise<Monitor>, { signal }: Io): Promise<Monitor> {
  try {
    return await starting;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError) throw error;
    throw new CommandError({
      what: (error as Error).message,
      why: "what is mounted on this node is not known",
      next: "run it as root of the machine; a container needs the machine's processes (hostPID), too",
      exitCode: ExitCode.failed,
    });
  }
}

// The signal that ends the command closes the monitor, and that ends its events.
async function printed(io: Io, watching: Monitor, { json }: MonitorCommandOptions): Promise<void> {
  for await (const event of watching.events())
    io.stdout.write(json ? jsonLine(event) : `${eventLine(event)}\n`);
}

function settingsOf(io: Io, options: MonitorCommandOptions, gate: Gate | undefined): MonitorOptions {
  const { id, every, grace, yes = false, runtimePid } = options;
  if (id !== undefined)
    throw usageError("Cannot watch one sandbox by --id", "leave out --id", "a node is watched as a whole");
  if (options.port !== undefined) portOf(options.port);
  const hostDir = namedHostDir(io, options);
  if (hostDir === "/") throw usageError("Cannot watch --host-dir /", "name a directory of sandboxes");
  const auditEveryMs = every === undefined ? undefined : millisecondsOf(every, "--every");
  if (auditEveryMs === 0) throw usageError("Cannot look --every 0", "name a time, such as 30s");
  return {
    living: livingOf(io, options, gate),
    ...(gate && { gate: () => gate.counts() }),
    ...(hostDir !== undefined && { directories: [hostDir] }),
    ...(runtimePid !== undefined && { runtimePid: processOf(runtimePid) }),
    auditEveryMs,
    ...(grace !== undefined && { graceMs: millisecondsOf(grace, "--grace") }),
    ...{ remove: yes, signal: io.signal },
  };
}

async function listBy(command: string, signal: AbortSignal): Promise<readonly string[]> {
  const { livingByCommand } = await import("../../node/mod.ts");
  return livingByCommand(command, signal)();
}

function livingOf(
  io: Io,
  { nriSocket, livingCommand }: MonitorCommandOptions,
  gate: Gate | undefined,
): LivingOptions {
  const handlers = gate && { handlers: gate.handlers, leaveOut: gate.leaveOut, lighten: gate.lighten };
  if (livingCommand === undefined)
    return { nri: { ...handlers, ...(nriSocket !== undefined && { socket: resolve(io.cwd, nriSocket) }) } };
  if (gate)
    throw usageError("Cannot take --gate beside --living-command", "leave one out", "a gate is asked by NRI");
  if (nriSocket === undefined) return { list: () => listBy(livingCommand, io.signal) };
  throw usageError("Cannot take --nri-socket beside --living-command", "leave one of them out");
}

function processOf(text: string): number {
  if (/^[1-9][0-9]{0,9}$/.test(text)) return Number(text);
  throw usageError(
    `Cannot read --runtime-pid ${JSON.stringify(text)}: it is no process`,
    "write its number, such as $(pidof containerd)",
  );
}
