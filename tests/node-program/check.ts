import type { TestNode } from "./node.ts";

/** Something that holds on a node of containerd's. */
export interface NodeCheck {
  readonly what: string;
  /** The version of NRI that it is about; all where none is named. */
  readonly only?: TestNode["nri"];
  /** Whether containerd requires the gate, by the configuration in deploy/. */
  readonly requiresGate?: boolean;
  readonly holds: (node: TestNode) => Promise<void>;
}
