// enter-shares.js ID SOURCE TARGET: adds a share to those that another process has open, and says where the guest has it.
import { argv } from "node:process";
import { enterShares, SharesError } from "guestshare/vm";

const [id = "", source = "", target = ""] = argv.slice(2);
try {
  await enterShares({ id }, async (shares) => {
    const { inGuest } = await shares.add({ source, target, mode: "ro" });
    console.log(inGuest);
  });
} catch (error) {
  if (!(error instanceof SharesError)) throw error;
  console.log(error.code);
}
