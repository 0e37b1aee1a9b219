/** A signal that is aborted when this program has to end: it is told so, or the process that started it is gone. */
export function stopSignal(): AbortSignal {
  const parent = process.ppid;
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
  setInterval(() => {
    if (process.ppid !== parent) stop.abort(); // it was killed, and could tell nobody
  }, 500).unref();
  return stop.signal;
}
