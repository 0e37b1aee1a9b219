// keep-shares.js DIRECTORY SOURCE TARGET MODE: opens shares, adds one, says so, and keeps them open until its input ends. Where they are
// open already it says why not.
import { argv, stdin } from "node:process";
import { openShares, SharesError } from "guestshare/vm";

const [directory = "", source = "", target = "", mode] = argv.slice(2);
try {
  const shares = await openShares({ id: "s1", directory });
  await shares.add({ source, target, mode: mode as "ro" });
  console.log("open");
  stdin.resume();
  await new Promise((resolve) => stdin.once("end", resolve));
  await shares.close();
} catch (error) {
  if (!(error instanceof SharesError)) throw error;
  console.log(`${error.code} ${error.process}`);
}
