/** Where the guest's own root has what starts programs. */
export const MACHINE_DIRECTORY = "/machine";

/** Where the guest keeps what it needs while programs run. */
export const RUN_DIRECTORY = "/run/machine";

/** How the guest names a port, before its number. */
export const PORT_DEVICE = "/dev/port";

/** How many programs may run at once, with pipes and on terminals. */
export interface Slots {
  readonly processes: number;
  readonly terminals: number;
}

/**
 * The numbers of the ports on the only virtio-serial device. Scripts for mounts come by the first, by which all answers go back;
 * those for signals by the second. A process has two, a terminal one, and a console that is no such port.
 */
export const ports = {
  control: 1,
  signals: 2,
  process: (slot: number): number => 3 + 2 * slot,
  errors: (slot: number): number => 4 + 2 * slot,
  terminal: ({ processes }: Slots, slot: number): number => 3 + 2 * processes + slot,
  /** How many there are; the consoles' are behind them. */
  count: ({ processes, terminals }: Slots): number => 2 + 2 * processes + terminals,
} as const;
