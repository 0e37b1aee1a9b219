/**
 * The reference for a copy of one large file: this process reads the file and writes it to a unix socket, from which another process
 * reads and discards it. Prints the ms from the first read until the other process has read all.
 *
 *     pipe.js <file> <socket>
 *
 * The other process is this program with the socket alone.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream, statSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import process from "node:process";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";

// As much as a slice of a copied file. With the default, 64 KiB, both sides take twice as long.
const PIECE_BYTES = 1024 * 1024;

const [program = "", ...args] = process.argv.slice(1);
const [socketPath = "", file] = args.reverse();
if (file === undefined) receive();
else console.log(await send(file));

async function send(path: string): Promise<number> {
  const server = createServer({ allowHalfOpen: true }).listen(socketPath);
  await once(server, "listening");
  spawn(process.execPath, [program, socketPath], { stdio: "inherit" });
  const [socket] = (await once(server, "connection")) as [Socket];
  server.close();
  const start = performance.now();
  await pipeline(createReadStream(path, { highWaterMark: PIECE_BYTES }), socket);
  const received = await text(socket);
  const time = performance.now() - start;
  if (Number(received) !== statSync(path).size)
    throw new Error(`Cannot measure a pipe: ${received} bytes arrived`);
  return time;
}

// Reads until the end, and then writes how many bytes there were.
function receive(): void {
  let bytes = 0;
  const callback = (count: number) => {
    bytes += count;
    return true;
  };
  const onread = { buffer: new Uint8Array(PIECE_BYTES), callback };
  const socket = connect({ path: socketPath, allowHalfOpen: true, onread });
  socket.on("end", () => socket.end(String(bytes)));
}
