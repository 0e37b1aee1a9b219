import type { NodeNews } from "../monitor/node-event.ts";
import type { LivingStatus, NodePod } from "../monitor/status.ts";

/** Knows which pods live on a node. */
export interface Living extends AsyncDisposable {
  /** What is known now. */
  status(): LivingStatus;
  /** Changes with each change of the list. */
  readonly version: number;
  /**
   * Waits until it is known who lives, or that nobody says so yet.
   *
   * @throws {TypeError} for wrong options.
   */
  begun(): Promise<void>;
  /** The ids of all pods; undefined while nobody knows all of them. */
  ids(): Promise<readonly string[] | undefined>;
  /** The pod of an id. */
  podOf(id: string): NodePod | undefined;
  /** Looks once more at what no runtime tells: which processes have ended. */
  look(process: number | undefined): Promise<void>;
}

/** Hears of what happens. */
export type Tell = (news: NodeNews) => void;

/** An id as runtimes make them. What is called otherwise cannot be told from another sandbox. */
export function isId(text: string): boolean {
  return text.length <= 255 && /^[A-Za-z0-9][\w.-]*$/.test(text);
}
