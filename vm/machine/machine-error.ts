/**
 * A machine that did not start, does not do what was asked of it, or is gone.
 *
 * @example
 * ```ts
 * import { Machine, MachineError, openShares } from "guestshare/vm";
 *
 * export async function startMachine() {
 *   const shares = await openShares({ id: "s1" });
 *   try {
 *     return await Machine.start(shares);
 *   } catch (error) {
 *     if (error instanceof MachineError) console.log(error.reason, error.console);
 *     await shares.close();
 *     throw error;
 *   }
 * }
 * ```
 */
export class MachineError extends Error {
  /** Always "MachineError". */
  override readonly name = "MachineError";
  /** What was to be done, such as "start a machine". */
  readonly action: string;
  /** Why it is not done. */
  readonly reason: string;
  /** The last lines of the machine's console; empty where it has nothing to do with the failure. */
  readonly console: string;

  /** Of what was to be done, why it is not, and the console. */
  constructor(action: string, reason: string, console = "", options?: ErrorOptions) {
    super(`Cannot ${action}: ${reason}${console === "" ? "" : `\n${console}`}`, options);
    this.action = action;
    this.reason = reason;
    this.console = console;
  }
}
