// own-namespace.js ID [DIRECTORY]: opens shares in a namespace of its own, says where, and at the end of its input what is shared. The id
// "fails" makes its work fail.
import { argv, stdin } from "node:process";
import { inOwnNamespace, openShares } from "guestshare/vm";

const [id = "", directory] = argv.slice(2);
await inOwnNamespace(async (scratch) => {
  if (id === "fails") throw new Error("of the work itself");
  const shares = await openShares({ id, directory });
  console.log(JSON.stringify({ scratch, directory: shares.directory }));
  stdin.resume();
  await new Promise((resolve) => stdin.once("end", resolve));
  console.log(JSON.stringify(await shares.list()));
  await shares.close();
});
