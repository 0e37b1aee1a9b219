import type { Step } from "guestshare/host";
import pino from "pino";

/** A pino logger that prints each step as it is obeyed, with paths from `base` on. */
export function stepLogger(base: string): pino.Logger {
  const print = (line: string) => {
    const { step, changed, msg } = JSON.parse(line) as { step?: Step; changed: boolean; msg: string };
    if (!step) {
      console.log(`  ${msg}`);
      return;
    }
    const [what, ...more] = describe(step).map((path) => path.replace(`${base}/`, ""));
    console.log(
      `  ${step.op.padEnd(7)}${[what, ...more].join("  <-  ")}${changed ? "" : "  (nothing to do)"}`,
    );
  };
  return pino({ level: "debug" }, { write: print });
}

function describe(step: Step): string[] {
  switch (step.op) {
    case "mkdir":
    case "mark":
    case "remove":
    case "use":
    case "unuse":
      return [step.path];
    case "bind":
      return [[step.target, ...step.attributes].join(" "), step.source];
    case "view":
      return [step.target, step.source];
    case "rafsMount":
      return [step.mountpoint, step.source];
    case "rafsUmount":
      return [step.mountpoint];
    case "copy":
      return [step.guestPath, step.source];
    default:
      return [step.target];
  }
}
