/**
 * The tests of many files in one process. A process of its own for each file takes longer than most files: it loads all
 * modules again, and runs them before they are compiled.
 */
import { env, versions } from "node:process";
import { before } from "node:test";
import { pathToFileURL } from "node:url";

async function readAll(paths: readonly string[]): Promise<void> {
  for (const path of paths) await import(pathToFileURL(path).href);
}

const reading = readAll(JSON.parse(env.GUESTSHARE_TEST_FILES ?? "[]"));
// Node begins with the first test while it reads the other files, which opens descriptors. Deno reads all of them first.
if (!("deno" in versions)) before(() => reading);
await reading;
