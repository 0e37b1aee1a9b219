import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { stateOf } from "../../link/hash.ts";
import type { PlanRequest } from "../../mod.ts";
import { commandHere } from "../support/cli/command-here.ts";
import { RunningCommand } from "../support/cli/running-command.ts";
import { mountTest } from "../support/scratch.ts";

// `guestshare preview`: what it serves, and to whom.

interface Answer {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly location: string | undefined;
  readonly text: string;
}

/** Asks as any program may: a browser would not send another host. */
function ask(url: string, asked: { method?: string; host?: string } = {}): Promise<Answer> {
  const { method = "GET", host } = asked;
  return new Promise((resolve, reject) => {
    const sent = httpRequest(url, { method, ...(host && { headers: { host } }) }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      const { statusCode: status, headers } = response;
      const { location, "content-type": type } = headers;
      response.on("end", () => resolve({ status, type, location, text }));
    });
    sent.on("error", reject).end();
  });
}

async function serving(words: readonly string[]): Promise<{ command: RunningCommand; url: string }> {
  const command = RunningCommand.start(["preview", ...words]);
  await command.says(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\n$/);
  return { command, url: command.stdout.trim() };
}

test("preview serves in a terminal until Ctrl-C", async () => {
  const command = RunningCommand.startInTerminal(["preview"]);
  await command.says(/http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/\n/);
  const [url = ""] = /http:\S+/.exec(command.stdout) ?? [];
  assert.equal((await ask(`${url}index.html`)).status, 200);
  assert.equal(await command.interrupt(), 130);
  await assert.rejects(ask(`${url}index.html`), { code: "ECONNREFUSED" });
});

test("preview serves the page to whoever has its address, and nothing else to anybody", async () => {
  const { command, url } = await serving([]);
  const { status, location } = await ask(url);
  assert.deepEqual([status, location], [302, "index.html"]);
  const page = await ask(`${url}index.html`);
  assert.deepEqual([page.status, page.type], [200, "text/html; charset=utf-8"]);
  assert.match(page.text, /Content-Security-Policy/);
  assert.match((await ask(`${url}page.js`)).type ?? "", /javascript/);
  const origin = new URL(url).origin;
  for (const path of [
    `${origin}/`,
    `${origin}/index.html`,
    `${origin}/${"0".repeat(32)}/index.html`,
    `${url}../index.html`,
    `${url}%2e%2e/index.html`,
    `${url}/index.html`,
    `${url}page.js.map`,
    `${url}index.html/`,
  ])
    assert.equal((await ask(path)).status, 404, path);
  assert.equal((await ask(url, { host: "attacker.example" })).status, 421);
  assert.equal((await ask(url, { host: "localhost" })).status, 421);
  assert.equal((await ask(url, { method: "POST" })).status, 405);
  assert.equal(await command.interrupt(), 130);
  await assert.rejects(ask(url));
});

test("each run has an address of its own", async () => {
  const runs = [await serving([]), await serving([])];
  const [one, other] = runs.map(({ url }) => new URL(url).pathname);
  assert.notEqual(one, other);
  for (const { command } of runs) await command.interrupt();
});

mountTest("preview opens with a bundle, and with what this machine knows of its sources", async (scratch) => {
  const bundle = `${scratch.path}/c1`;
  mkdirSync(`${bundle}/rootfs`, { recursive: true });
  writeFileSync(`${scratch.path}/hosts`, "");
  const mount = { destination: "/etc/hosts", type: "bind", source: `${scratch.path}/hosts`, options: ["ro"] };
  writeFileSync(`${bundle}/config.json`, JSON.stringify({ root: { path: "rootfs" }, mounts: [mount] }));
  const { command, url } = await serving(["--id", "s1", "--host-dir", scratch.hostDir, bundle]);
  const { location = "" } = await ask(url);
  const read = await stateOf(location.replace("index.html", ""));
  assert.ok("state" in read);
  assert.equal(read.state.from, "request");
  const [prepare, share] = JSON.parse(read.state.request) as PlanRequest[];
  assert.equal(prepare?.op, "prepare");
  assert.ok(share?.op === "shareContainer");
  assert.equal(share.container.mounts?.[0]?.facts?.kind, "file");
  await command.interrupt();
});

test("preview refuses a port that is none, and says of one that is taken what to do", async () => {
  const { exitCode, stderr } = await commandHere(["preview", "--port", "http"]);
  assert.equal(exitCode, 64);
  assert.match(stderr, /port "http"/);
  const taken = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => taken.once("listening", resolve));
  const { port } = taken.address() as AddressInfo;
  const second = await commandHere(["preview", "--port", String(port)]);
  taken.close();
  assert.equal(second.exitCode, 1);
  assert.match(second.stderr, /EADDRINUSE[\s\S]*leave out --port/);
});
