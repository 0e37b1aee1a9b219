/**
 * What podman and buildah run as an OCI runtime: it shares the bundle that they give it, while all that they prepared for
 * it is there, writes down what became of it, and lets them give up.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { argv, exit } from "node:process";

async function obey(hostDir: string, answer: string, args: readonly string[]): Promise<void> {
  const bundle = args[args.indexOf("--bundle") + 1];
  if (!args.includes("create") || bundle === undefined) return; // they ask for more when it failed
  try {
    // Most calls end before this: it is loaded for those that need it.
    const { shareBundle } = await import("./share.ts");
    const shared = await shareBundle(hostDir, bundle, readFileSync(join(bundle, "config.json"), "utf8"));
    writeFileSync(answer, JSON.stringify({ shared }));
  } catch (error) {
    writeFileSync(answer, JSON.stringify({ error: String((error as Error).stack) }));
  }
}

const [hostDir = "", answer = "", ...args] = argv.slice(2);
await obey(hostDir, answer, args);
console.error("nothing is run here");
exit(1);
