/** The command `guestshare`, killed once its log has so many lines with a text: the text, their number, and the command's words. */
import { argv, cwd, env, kill, pid } from "node:process";
import { main } from "../../../cli/main.ts";

const [text = "", count = "0", ...words] = argv.slice(2);
let left = Number(count);

const silent = { write() {}, isTerminal: false, columns: 80 };
const log = {
  ...silent,
  write(line: string) {
    if (line.includes(text)) left -= 1;
    if (left === 0) kill(pid, "SIGKILL");
  },
};
const { signal } = new AbortController();
const openBytes = () => {
  throw new Error("this command has no bytes");
};

await main([...words, "--log-level", "debug"], {
  stdin: { isTerminal: false, async *[Symbol.asyncIterator]() {} },
  ...{
    stdout: silent,
    stderr: log,
    openBytes,

    env,
    cwd: cwd(),
    signal,
    secondSignal: signal,
  },
});
