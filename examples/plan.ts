// Plans the share of one file and prints the steps; nothing is mounted. Written for Deno, where it needs no permission:
//   deno run examples/plan.ts /etc/hosts
// On Node it runs with Deno's shim: node --import ./dist/examples/deno-shim.js dist/examples/plan.js /etc/hosts
import { load } from "guestshare";

declare const Deno: { readonly args: readonly string[] };

const [source = "/etc/hosts"] = Deno.args;
const core = await load();
const plan = core.plan({
  op: "shareFile",
  sandbox: { id: "s1" },
  container: { id: "c1" },
  mount: { source, destination: source, options: ["ro"] },
  random: "0011223344556677",
});
for (const step of plan.steps) console.log(step.op, step.op === "bind" ? step.target : "");
console.log("the guest finds it at", plan.shared?.guestPath);
