/** Pods and containers of a node, by names of the test's own: made by CRI on a real node, or by a played runtime. */
export interface NodePods {
  runPod(pod: string): Promise<void>;
  /** `livesMs`: its process ends by itself so long after its start. */
  createContainer(pod: string, container: string, livesMs?: string): Promise<void>;
  startContainer(container: string): Promise<void>;
  updateContainer(container: string): Promise<void>;
  /** Waits until its process has ended by itself. */
  endContainer(container: string): Promise<void>;
  stopContainer(container: string): Promise<void>;
  removeContainer(container: string): Promise<void>;
  stopPod(pod: string): Promise<void>;
  removePod(pod: string): Promise<void>;
  removePodByForce(pod: string): Promise<void>;
}

/** One thing that is done, and to what. */
export type PodStep = readonly [keyof NodePods, ...string[]];
