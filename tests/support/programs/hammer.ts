/** Tries to open files for writing, without a pause, until its input ends. Says which it could open, and how often it tried. */
import { closeSync, openSync } from "node:fs";

const paths = process.argv.slice(2);
const opened = new Set<string>();
const refusals: Record<string, number> = {};
let isOver = false;
process.stdin.on("end", () => {
  isOver = true;
});
process.stdin.resume();

function tryAll(): void {
  for (const path of paths) {
    try {
      closeSync(openSync(path, "r+"));
      opened.add(path);
    } catch (error) {
      const { code } = error as { code: string };
      refusals[code] = (refusals[code] ?? 0) + 1;
    }
  }
}

function hammer(): void {
  for (let i = 0; i < 200; i++) tryAll();
  if (!isOver) setTimeout(hammer, 0);
  else console.log(JSON.stringify({ opened: [...opened], refusals }));
}

console.log(`"ready"`);
hammer();
