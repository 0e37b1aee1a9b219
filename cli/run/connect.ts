import type { MachineProcess, SignalName } from "../../vm/mod.ts";
import { type ByteStreams, type Io, onInterruption } from "../io.ts";

/**
 * Connects a program in a machine with this process: what is typed and piped in goes there, what it prints comes out here, and signals
 * that end are its own. Gives its exit code.
 */
export async function connect(io: Io, streams: ByteStreams, child: MachineProcess): Promise<number> {
  const { stdin, stdout, stderr, terminal } = streams;
  const send = (name: SignalName) => void child.signal(name).catch(() => {});
  terminal?.setRaw(true);
  terminal?.onResize(() => void child.resize(terminal.size()).catch(() => {}));
  onInterruption(io.signal, () => send("SIGINT"));
  const typed = new AbortController();
  const writing = stdin.pipeTo(child.stdin, { signal: typed.signal, preventCancel: true }).catch(() => {});
  // Who has read enough ends the program, as a pipe does.
  const printing = [
    child.stdout.pipeTo(stdout, { preventClose: true }),
    child.stderr.pipeTo(stderr, { preventClose: true }),
  ];
  const printed = printing.map((one) => one.catch(() => send("SIGPIPE")));
  try {
    const status = await child.exited;
    await Promise.all(printed);
    return status;
  } finally {
    typed.abort();
    await writing;
    terminal?.setRaw(false);
  }
}
