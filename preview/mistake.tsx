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
  document.querySelector(".input mark.wrong")?.scrollIntoView({ block: "center" });
}
