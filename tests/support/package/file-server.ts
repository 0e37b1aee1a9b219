import { readFileSync, realpathSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, sep } from "node:path";
import { packageRoot } from "../package-root.ts";

const types: Readonly<Record<string, string>> = {
  js: "text/javascript",
  html: "text/html",
  css: "text/css",
  json: "application/json",
  map: "application/json",
};

/** A server on 127.0.0.1 that gives the files of some of the package's folders, and an empty page at "/". */
export interface FileServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  close(): void;
}

/** Serves folders of the package, and nothing outside them. */
export async function serveFiles(...folders: readonly string[]): Promise<FileServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://127.0.0.1");
    asked.push(pathname);
    if (pathname === "/")
      return answer(response, 200, "text/html", '<!doctype html><link rel="icon" href="data:,">');
    const file = fileAt(decodeURIComponent(pathname), folders);
    const type = types[pathname.split(".").at(-1) ?? ""] ?? "text/plain";
    return file ? answer(response, 200, type, file) : answer(response, 404, "text/plain", "no such file");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response
    .writeHead(status, { "content-type": `${type}; charset=utf-8`, "cache-control": "no-store" })
    .end(body);
}

// Judged after the links: a path with ".." or a link leads nowhere else.
function fileAt(pathname: string, folders: readonly string[]): Uint8Array | undefined {
  try {
    const path = realpathSync(join(packageRoot, pathname));
    const isServed = folders.some((folder) => path.startsWith(join(realpathSync(packageRoot), folder) + sep));
    return isServed ? readFileSync(path) : undefined;
  } catch {
    return undefined;
  }
}
