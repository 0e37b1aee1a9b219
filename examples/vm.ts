// Runs a bundle's program in a virtual machine, and gives it one more file while it runs; as root:
//   node dist/examples/vm.js /run/bundles/web /etc/hostname:/live
import process from "node:process";
import { Machine, openShares } from "guestshare/vm";

const [bundle = "", live = ""] = process.argv.slice(2);
const [source = "", target = ""] = live.split(":");

await using shares = await openShares({ id: `example-${process.pid}` });
const web = await shares.addContainer(bundle);
await using machine = await Machine.start(shares);
const child = await machine.run(web.process.args, { in: web });
await web.add({ source, target, mode: "ro" }); // appears in the container that runs
for await (const bytes of child.stdout) process.stdout.write(bytes);
process.exitCode = await child.exited;
