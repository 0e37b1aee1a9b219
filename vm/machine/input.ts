import { once } from "node:events";
import type { Duplex } from "node:stream";

const PIECE_BYTES = 64 * 1024;

/** What a program reads: a stream that whoever runs it writes to. */
export interface Input {
  readonly stream: WritableStream<Uint8Array>;
  /** Takes nothing more: the program has ended. */
  stop(error: Error): void;
}

/** Input that goes through a port in pieces behind their lengths, as `feed` of the guest reads it. */
export function piecewiseInput(port: Duplex): Input {
  const stopped = new AbortController();
  let isClosed = false;
  const close = () => {
    if (!isClosed) port.write("0\n");
    isClosed = true;
  };
  const stream = new WritableStream<Uint8Array>({
    async write(bytes) {
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
        const piece = bytes.subarray(at, at + PIECE_BYTES);
        await written(port, Buffer.concat([Buffer.from(`${piece.length}\n`), piece]), stopped.signal);
      }
    },
    close,
    abort: close,
  });
  return {
    stream,
    stop(error) {
      stopped.abort(error);
      close();
    },
  };
}

/** Input that is typed on a terminal. Its end hangs up. */
export function typedInput(port: Duplex, hangUp: () => void): Input {
  const stopped = new AbortController();
  const stream = new WritableStream<Uint8Array>({
    write: (bytes) => written(port, Buffer.from(bytes), stopped.signal),
    close: hangUp,
    abort: hangUp,
  });
  return { stream, stop: (error) => stopped.abort(error) };
}

// A port that is gone takes all at once: the machine's end is told elsewhere.
async function written(port: Duplex, bytes: Buffer, stopped: AbortSignal): Promise<void> {
  stopped.throwIfAborted();
  if (port.destroyed || port.write(bytes)) return;
  const settled = new AbortController();
  const signal = AbortSignal.any([settled.signal, stopped]);
  const events = ["drain", "close", "error"].map((name) => once(port, name, { signal }).catch(() => {}));
  await Promise.race(events);
  settled.abort();
  stopped.throwIfAborted();
}
