import type { PageState } from "../../link/state.ts";
import { load } from "../../mod.ts";
import { outcomeOf } from "../input/outcome.ts";
import { partsOf } from "./parts.ts";

/** What a worker has of its own among the globals. */
interface WorkerScope {
  postMessage(message: unknown): void;
  onmessage: ((event: MessageEvent<PageState>) => void) | null;
}

/** Draws what the page sends: the part of the page that runs in a worker. */
export function serveDrawing(scope: WorkerScope): void {
  scope.onmessage = ({ data }) => {
    answer(scope, data).catch((error) => {
      // Outside of the promise, from which no error gets to the page: it draws by itself then.
      setTimeout(() => {
        throw error;
      });
    });
  };
}

async function answer(scope: WorkerScope, input: PageState): Promise<void> {
  const core = await load();
  for (const part of partsOf(outcomeOf(core, input))) scope.postMessage(part);
}
