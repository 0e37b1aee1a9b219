/**
 * What an audit of many sandboxes takes, through the public function: 400 sandboxes of 25 mounts each, which are guard, hub, view and
 * 11 shares in both.
 *
 *     audit.js make <libc> <directory>
 *     audit.js audit <libc> <directory> <rounds> <warm-up rounds>    prints the median of the rounds in ms
 *     audit.js end <libc> <directory>
 */
import process from "node:process";
import { audit, FilesystemShare, type LibcName, openLibc } from "../ffi/mod.ts";
import { medianOf } from "./median.ts";

const SANDBOXES = 400;
const SHARES = 11;

const [job = "", libcName, directory = "", rounds, warmUps] = process.argv.slice(2);
const libc = await openLibc(libcName as LibcName);
const hostDir = `${directory}/audited`;
const ids = Array.from({ length: SANDBOXES }, (_, at) => `s${at}`);
const shareOf = (id: string) => new FilesystemShare({ id, hostDir }, { libc });

async function make(id: string): Promise<void> {
  const share = shareOf(id);
  await share.prepare();
  const files = Array.from({ length: SHARES }, (_, at) => ({
    source: `${directory}/sources/f${at}`,
    destination: `/etc/f${at}`,
    readOnly: true,
  }));
  await Promise.all(files.map((file) => share.shareFile({ id: "c1" }, file)));
}

async function round(): Promise<number> {
  const start = performance.now();
  const findings = await audit({ hostDir, libc });
  const elapsed = performance.now() - start;
  if (findings.length > 0) throw new Error(`Cannot measure: found is ${findings[0]?.code}`);
  return elapsed;
}

if (job === "make") for (const id of ids) await make(id);
else if (job === "end") for (const id of ids) await shareOf(id).cleanup();
else console.log(await medianOf(round, { rounds, warmUps }));
