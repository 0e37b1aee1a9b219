import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Agent, CopyFileRequest } from "../../../ffi/agent/agent.ts";
import type { TtrpcAgent } from "../../../ffi/agent/ttrpc-agent.ts";
import { copyTree } from "../../../ffi/copy/copy-tree.ts";
import type { CopyResult } from "../../../ffi/copy/ledger.ts";
import type { CopyOptions } from "../../../ffi/copy/options.ts";
import type { Child } from "../../support/child.ts";
import { host, shareDir } from "../../support/copy/place.ts";
import { mountTmpfs } from "../../support/mounts.ts";
import { mountTest } from "../../support/scratch.ts";
import { startAgent } from "./agent-process.ts";

/** What is copied, if it is not the place's own source, to which name, and what sees each request before the agent. */
export interface CopyWhat {
  readonly source?: string;
  readonly name?: string;
  readonly onRequest?: (request: CopyFileRequest) => void | Promise<void>;
}

/** A place for one test with a real agent. */
export interface AgentPlace {
  readonly path: string;
  /** What is copied, unless the test says something else. */
  readonly source: string;
  /** The agent's share directory, as this host sees it. */
  readonly guestDirectory: string;
  readonly agent: TtrpcAgent;
  readonly process: Child;
  /** Where it listens. */
  readonly socketPath: string;
  /** Where a copy arrives. */
  arrived(name?: string): string;
  /** Copies to "c1" in the guest. */
  copy(options?: CopyOptions, what?: CopyWhat): Promise<CopyResult>;
}

/** A test with a real agent of its own. `shareOptions` are those of the tmpfs on its share directory, as in mount(8). */
export function agentTest(
  name: string,
  body: (place: AgentPlace) => Promise<void>,
  { shareOptions = "mode=0755" }: { shareOptions?: string } = {},
): void {
  mountTest(name, async ({ path }) => {
    const [source, guestDirectory] = [join(path, "source"), join(path, "guest")];
    for (const directory of [source, guestDirectory]) mkdirSync(directory);
    mountTmpfs(guestDirectory, shareOptions);
    const socketPath = join(path, "agent.sock");
    const { agent, process } = await startAgent(guestDirectory, socketPath);
    try {
      const arrived = (copied = "c1") => join(guestDirectory, copied);
      const copy = (options: CopyOptions = {}, what: CopyWhat = {}) =>
        copyTree(
          host,
          what.source ?? source,
          `${shareDir}/${what.name ?? "c1"}`,
          watched(agent, what),
          options,
        );
      await body({ path, source, guestDirectory, agent, process, socketPath, arrived, copy });
    } finally {
      await agent.close();
    }
  });
}

function watched(agent: TtrpcAgent, { onRequest }: CopyWhat): Agent {
  return {
    async copyFile(request, options) {
      await onRequest?.(request);
      return agent.copyFile(request, options);
    },
    close: () => agent.close(),
    [Symbol.asyncDispose]: () => agent.close(),
  };
}
