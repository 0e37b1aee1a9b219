import { signal } from "@preact/signals";
import { type ContainerInput, type PageState, stateFrom } from "../../link/state.ts";
import { step } from "../address.ts";
import { isExample } from "../examples/links.tsx";
import { selectedRow } from "../linking.ts";
import { compactJson } from "../parts/compact-json.ts";
import { inputTab, mistake, notice, opened, state } from "../state.ts";
import { InputMistake } from "./place.ts";
import { isToml, isVolume, takenText, withTomls } from "./recognise-text.ts";
import type { TakenText } from "./taken-text.ts";

// A browser takes a file of this size, and no person typed a larger one.
const MOST_BYTES = 64 * 1024 * 1024;

/** Takes what is dropped on the page, and what is pasted outside of a field. */
export function listenForTexts(): void {
  addEventListener("dragover", (event) => {
    event.preventDefault();
    isDragging.value = true;
  });
  addEventListener("dragleave", ({ relatedTarget }) => {
    // From one element to the next it stays.
    if (relatedTarget === null) isDragging.value = false;
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    isDragging.value = false;
    const { files } = event.dataTransfer ?? {};
    const text = event.dataTransfer?.getData("text/plain");
    void (files?.length ? takeFiles([...files]) : take(text ?? "", "what was dropped"));
  });
  addEventListener("paste", takePasted, { capture: true });
}

/** Whether something is held over the page that may be dropped there. */
export const isDragging = signal(false);

function takePasted(event: ClipboardEvent): void {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const isTyping = event.target instanceof Element && event.target.matches("input, textarea");
  if (text === "" || (isTyping && !replacesExample(event.target, text))) return;
  event.preventDefault();
  event.stopPropagation();
  void take(text, "what was pasted");
}

// Whoever pastes a whole document over an example wants no other container of it, nor its sandbox.
function replacesExample(target: EventTarget | null, text: string): boolean {
  if (!(target instanceof HTMLTextAreaElement) || !isExample(opened.value)) return false;
  try {
    const { from, containers } = takenFrom(text)?.state ?? state.value;
    return from !== "bundle" || containers[0]?.config === text || savedState(text) !== undefined;
  } catch {
    // It cannot be read, and is text like any other.
    return false;
  }
}

interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** Takes files: of several config.json each is a container of one pod; a configuration and volumes are for these. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  const large = files.find(({ size }) => size > MOST_BYTES);
  if (large) {
    notice.value = `${large.name} is too large for this page: it takes 64 MiB.`;
    return;
  }
  const texts = await Promise.all(files.map(async (file) => ({ name: file.name, text: await file.text() })));
  const tomls = texts.filter(({ text }) => isToml(text)).sort(baseFirst);
  const volumes = texts.filter(({ text }) => isVolume(text));
  const bundles = texts.filter((one) => !tomls.includes(one) && !volumes.includes(one));
  const containers: ContainerInput[] = [];
  for (const { text, name } of bundles) {
    if (!(await take(text, name))) return;
    if (state.value.from === "bundle") containers.push(...state.value.containers);
  }
  if (bundles.length > 1 && containers.length === bundles.length)
    await step({ ...state.value, containers: containers.map(numbered) });
  const [base] = tomls;
  if (base)
    await takeBy(base.name, () =>
      withTomls(
        tomls.map(({ text }) => text),
        state.value,
      ),
    );
  for (const { text, name } of volumes) await take(text, name);
}

// Drop-ins are merged in the order of their names over the file that is called like no drop-in.
function baseFirst(one: NamedText, other: NamedText): number {
  const rank = ({ name }: NamedText) => (/^configuration/.test(name) ? 0 : 1);
  return rank(one) - rank(other) || (one.name < other.name ? -1 : 1);
}

function numbered({ config }: ContainerInput, at: number): ContainerInput {
  const id = `c${at + 1}`;
  return { config, beside: compactJson({ id, bundle: `/run/bundles/${id}` }) };
}

function take(text: string, name: string): Promise<boolean> {
  return takeBy(name, () => takenFrom(text));
}

function takenFrom(text: string): TakenText | undefined {
  const saved = savedState(text);
  const chosen = selectedRow.value?.details.mount?.source;
  return saved ? { state: saved, what: "a saved page" } : takenText(text, { state: state.value, chosen });
}

async function takeBy(name: string, read: () => TakenText | undefined): Promise<boolean> {
  try {
    const taken = read();
    if (!taken) {
      notice.value = `Nothing that this page reads is in ${name}. It reads a config.json, a request, a plan, containerd's mounts, a configuration.toml, a mountInfo.json, a mountinfo, and the JSON of findmnt.`;
      return false;
    }
    await step(taken.state);
    const { from } = taken.state;
    const isConfiguration = taken.what.startsWith("a configuration.toml");
    inputTab.value = isConfiguration ? "sandbox" : from;
    // What is wrong with it, if anything, is in the bundle that was there.
    if (isConfiguration || !mistake.value) notice.value = `Taken for ${taken.what}.`;
    return true;
  } catch (error) {
    if (!(error instanceof InputMistake || error instanceof RangeError)) throw error;
    notice.value =
      error instanceof InputMistake ? error.message : `What is in ${name} is nested too deep to be read.`;
    return false;
  }
}

// What "Save JSON" saves, and "Copy link" if a link would be too long.
function savedState(text: string): PageState | undefined {
  if (!/^\s*\{\s*"(?:from|page)"/.test(text)) return undefined;
  try {
    const value = JSON.parse(text);
    return stateFrom(value.page ?? value);
  } catch {
    return undefined;
  }
}
