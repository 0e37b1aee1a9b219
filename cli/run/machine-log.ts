import type { Logger } from "../../ffi/mod.ts";
import type { Io } from "../io.ts";

/** A logger that also says, to whoever watches, that the machine is emulated, and what of the shares the guest could not do. */
export function machineLog({ stderr }: Io, logger: Logger | undefined, isQuiet: boolean): Logger {
  return {
    debug(fields, message) {
      logger?.debug(fields, message);
      const { accelerator, why } = fields as { accelerator?: string; why?: string };
      if (accelerator !== undefined && !isQuiet)
        stderr.write(`The machine is emulated, which is slow: ${why}.\n`);
    },
  };
}
