// Runs the program of a bundle in a guest whose agent listens, and ends with the program's exit code:
//   node dist/examples/runtime.js hvsock:///run/vm/s1.vsock:1024 '{ "id": "s1" }' /run/bundles/c1
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import process from "node:process";
import { containerOf, type Sandbox } from "guestshare";
import { connectAgent, GuestSandbox } from "guestshare/agent";
import { FilesystemShare } from "guestshare/host";

const [address = "", sandboxText = "", bundle = ""] = process.argv.slice(2);
const sandbox: Sandbox = JSON.parse(sandboxText);

async function run(): Promise<number> {
  await new FilesystemShare(sandbox).prepare();
  // Here a runtime boots its machine: with share.viewPath as the source of a virtiofs device, and share.tag as its name.
  await using agent = await connectAgent(address);
  const share = new FilesystemShare(sandbox, { agent });
  await using guest = await GuestSandbox.create(agent, share, { id: sandbox.id });
  const config = readFileSync(`${bundle}/config.json`, "utf8");
  const container = containerOf(config, { id: basename(bundle), bundle });
  const started = await guest.start(container, config);
  await Promise.all([
    started.stdout.pipeTo(into(process.stdout)),
    started.stderr.pipeTo(into(process.stderr)),
  ]);
  return started.exited;
}

const into = (stream: NodeJS.WriteStream) =>
  new WritableStream<Uint8Array>({ write: (bytes) => void stream.write(bytes) });

process.exitCode = await run();
