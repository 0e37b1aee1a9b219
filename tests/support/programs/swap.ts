/** Exchanges two names by renaming, without a pause, until its input ends. Says how often it did. */
import { renameSync } from "node:fs";

const [a = "", b = ""] = process.argv.slice(2);
let rounds = 0;
let isOver = false;
process.stdin.on("end", () => {
  isOver = true;
});
process.stdin.resume();

// An odd number of times: while it rests, either name is in either place in turn.
function swap(): void {
  for (let i = 0; i < 101; i++) {
    renameSync(a, `${a}.aside`);
    renameSync(b, a);
    renameSync(`${a}.aside`, b);
    rounds += 1;
  }
  if (!isOver) setTimeout(swap, 0);
  else console.log(rounds);
}

console.log(`"ready"`);
swap();
