/** What a command reads. It is read once. */
export interface Input extends AsyncIterable<string> {
  readonly isTerminal: boolean;
}

/** Where a command writes: data to one, words and progress to the other. */
export interface Output {
  write(text: string): void;
  readonly isTerminal: boolean;
  /** How wide a line may be. */
  readonly columns: number;
}

/** A terminal that a program elsewhere has as its own. */
export interface ByteTerminal {
  /** How large it is. */
  size(): { readonly columns: number; readonly rows: number };
  /** Has each key come as it is typed, or as it was before. */
  setRaw(isRaw: boolean): void;
  /** Calls this whenever its size changes. */
  onResize(listener: () => void): void;
}

/** What the process reads and writes, byte by byte, for a program that runs elsewhere. */
export interface ByteStreams {
  readonly stdin: ReadableStream<Uint8Array>;
  readonly stdout: WritableStream<Uint8Array>;
  readonly stderr: WritableStream<Uint8Array>;
  /** If stdin and stdout are one. */
  readonly terminal: ByteTerminal | undefined;
}

/** All that a command has of its process. */
export interface Io {
  readonly stdin: Input;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Opens the streams byte by byte. Nothing else is read or written from then on. */
  readonly openBytes: () => ByteStreams;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory that relative paths of the command line are in. */
  readonly cwd: string;
  /** Aborted by Ctrl-C and by the signals that end a program: what was begun is to be undone. */
  readonly signal: AbortSignal;
  /** Aborted by a second one. The process ends when its listeners have returned. */
  readonly secondSignal: AbortSignal;
}

/**
 * All that stdin has.
 *
 * @throws what interrupted it.
 */
export async function textOfStdin({ stdin, signal }: Io): Promise<string> {
  let text = "";
  const read = async () => {
    for await (const chunk of stdin) text += chunk;
    return text;
  };
  return Promise.race([read(), interruption(signal)]);
}

/** Rejects with what interrupted the command. */
export function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    onInterruption(signal, () => reject(signal.reason));
  });
}

/** Does something once the command is interrupted; at once if it was before, which tells nobody who listens later. */
export function onInterruption(signal: AbortSignal, work: () => void): void {
  if (signal.aborted) work();
  else signal.addEventListener("abort", work, { once: true });
}
