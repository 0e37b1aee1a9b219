import type { JSX } from "preact";
import { emptyState, type PageState } from "../../link/state.ts";
import { step } from "../address.ts";
import { inputTab, state } from "../state.ts";
import { editedContainer } from "../tabs/bundle-editors.tsx";
import { blockRoot } from "./block-root.ts";
import { confidential } from "./confidential.ts";
import { erofs } from "./erofs.ts";
import type { Example } from "./example.ts";
import { nydus } from "./nydus.ts";
import { pod } from "./pod.ts";

const examples: readonly Example[] = [pod, blockRoot, nydus, erofs, confidential];

/** What the page opens with. */
export const firstState: PageState = stateOf(pod);

function stateOf({ state: own }: Example): PageState {
  return { ...emptyState, ...own };
}

/** The examples, as links. What the open one teaches stands beside them. */
export function ExampleLinks(): JSX.Element {
  const open = examples.find((example) => isOf(example, state.value));
  return (
    <nav class="examples" aria-label="Examples">
      <ul>
        {examples.map((example) => (
          <li key={example.name}>
            <a
              href={`#${example.name}`}
              aria-current={example === open ? "true" : undefined}
              title={example.teaches}
              onClick={(event) => {
                event.preventDefault();
                void openExample(example);
              }}
            >
              {example.title}
            </a>
          </li>
        ))}
      </ul>
      <p>{open?.teaches}</p>
    </nav>
  );
}

/** The example that a hash such as "#nydus" names. */
export function exampleNamed(hash: string): PageState | undefined {
  const example = examples.find(({ name }) => hash === `#${name}`);
  return example && stateOf(example);
}

/** Whether a state is one of the examples. */
export function isExample(state: PageState): boolean {
  return examples.some((example) => isOf(example, state));
}

function isOf(example: Example, state: PageState): boolean {
  const { request, table, containers } = state;
  // No example has these, and they may be long. Nor are texts made of a long one.
  if (request !== "" || table !== "") return false;
  if (containers[0]?.config !== example.state.containers?.[0]?.config) return false;
  return JSON.stringify(stateOf(example)) === JSON.stringify(state);
}

async function openExample(example: Example): Promise<void> {
  editedContainer.value = 0;
  inputTab.value = "bundle";
  await step(stateOf(example));
}
