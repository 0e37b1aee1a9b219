import type { JSX } from "preact";
import { escaped } from "../picture/mod.ts";
import { tabOf } from "./input/place.ts";
import { placeWords } from "./input/place-words.ts";
import { inputTab, mistake, state } from "./state.ts";
import { editedContainer } from "./tabs/bundle-editors.tsx";

/** Why what is typed cannot be drawn, and the way there. */
export function MistakeLine(): JSX.Element {
  const wrong = mistake.value;
  return (
    <div class="mistake" role="alert">
      {wrong && (
        <>
          <div>
            <b>{escaped(placeWords(wrong.place, state.value))}</b>
            <Sentence text={escaped(wrong.message)} />
          </div>
          <button type="button" onClick={goToMistake}>
            Show where
          </button>
        </>
      )}
    </div>
  );
}

// The words that would be right may be many.
function Sentence({ text }: { readonly text: string }): JSX.Element {
  const [sentence = "", words] = text.split(/; (?=known are )/);
  if (words === undefined) return <p>{text}</p>;
  return (
    <>
      <p>{sentence})</p>
      <details>
        <summary>All that would be right here</summary>
        <p>{words.replace(/\)$/, "")}</p>
      </details>
    </>
  );
}

function goToMistake(): void {
  const { place } = mistake.value ?? {};
  if (!place) return;
  inputTab.value = tabOf(place);
  if ("container" in place) editedContainer.value = place.container;
  focusMistake(MOST_FRAMES);
}

// A tab that was opened is drawn within some frames.
const MOST_FRAMES = 30;

function focusMistake(frames: number): void {
  const wrong = document.querySelector<HTMLElement>('.input [aria-invalid="true"]');
  if (!wrong && frames > 0) {
    requestAnimationFrame(() => focusMistake(frames - 1));
    return;
  }
  wrong?.focus();
  const mark = document.querySelector(".input mark.wrong");
  if (mark && wrong instanceof HTMLTextAreaElement) selectMistake(wrong, mark);
  mark?.scrollIntoView({ block: "center" });
}

// A value is selected, as it will be typed anew. In what is longer something is missing, and the caret stands where it begins.
function selectMistake(editor: HTMLTextAreaElement, { previousSibling, textContent }: Element): void {
  const start = previousSibling?.textContent?.length ?? 0;
  const isValue = /^[^{[\n]{2,}$/.test(textContent ?? "");
  const isInside = /^[{[]/.test(textContent ?? "");
  const caret = start + (isInside ? 1 : 0);
  editor.setSelectionRange(caret, isValue ? start + (textContent?.length ?? 0) : caret);
}
