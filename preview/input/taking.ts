import { type ContainerInput, type PageState, stateFrom } from "../../link/state.ts";
import { step } from "../address.ts";
import { compactJson } from "../parts/compact-json.ts";
import { inputTab, notice, state } from "../state.ts";
import { InputMistake } from "./place.ts";
import { takenText } from "./recognise-text.ts";

// A browser takes a file of this size, and no person typed a larger one.
const MOST_BYTES = 64 * 1024 * 1024;

/** Takes what is dropped on the page, and what is pasted outside of a field. */
export function listenForTexts(): void {
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    const { files } = event.dataTransfer ?? {};
    const text = event.dataTransfer?.getData("text/plain");
    void (files?.length ? takeFiles([...files]) : take(text ?? "", "what was dropped"));
  });
  addEventListener("paste", (event) => {
    if (event.target instanceof Element && event.target.matches("input, textarea")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (text !== "") void take(text, "what was pasted");
  });
}

/** Takes files one after the other: of several config.json each is a container of one pod. */
async function takeFiles(files: readonly File[]): Promise<void> {
  const before = state.value;
  const containers: ContainerInput[] = [];
  for (const file of files) {
    if (file.size > MOST_BYTES) {
      notice.value = `${file.name} is too large for this page: it takes 64 MiB.`;
      return;
    }
    const isTaken = await take(await file.text(), file.name);
    if (!isTaken) return;
    if (state.value.from === "bundle" && state.value !== before) containers.push(...state.value.containers);
  }
  if (files.length > 1 && containers.length === files.length)
    await step({ ...state.value, containers: containers.map(numbered) });
}

function numbered({ config }: ContainerInput, at: number): ContainerInput {
  const id = `c${at + 1}`;
  return { config, beside: compactJson({ id, bundle: `/run/bundles/${id}` }) };
}

async function take(text: string, name: string): Promise<boolean> {
  try {
    const saved = savedState(text);
    const taken = saved ? { state: saved, what: "a saved page" } : takenText(text, state.value);
    if (!taken) {
      notice.value = `Nothing that this page reads is in ${name}. It reads a config.json, a request, a plan, containerd's mounts, a configuration.toml, a mountinfo, and the JSON of findmnt.`;
      return false;
    }
    await step(taken.state);
    const { from } = taken.state;
    inputTab.value = taken.what === "a configuration.toml" ? "sandbox" : from;
    notice.value = `Taken for ${taken.what}.`;
    return true;
  } catch (error) {
    if (!(error instanceof InputMistake || error instanceof RangeError)) throw error;
    notice.value =
      error instanceof InputMistake ? error.message : `What is in ${name} is nested too deep to be read.`;
    return false;
  }
}

// What "Copy link" saves if a link would be too long.
function savedState(text: string): PageState | undefined {
  if (!/^\s*\{\s*"from"/.test(text)) return undefined;
  try {
    return stateFrom(JSON.parse(text));
  } catch {
    return undefined;
  }
}
