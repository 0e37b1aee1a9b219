import type { JSX } from "preact";
import { escaped } from "../picture/mod.ts";
import { ExampleLinks } from "./examples/links.tsx";
import { tabOf } from "./input/place.ts";
import { Legend } from "./legend.tsx";
import { Panel } from "./panel.tsx";
import { PictureView } from "./picture/view.tsx";
import { Keys } from "./save/keys.tsx";
import { Toolbar } from "./save/toolbar.tsx";
import { inputTab, lastGood, mistake, notice } from "./state.ts";
import { editedContainer } from "./tabs/bundle-editors.tsx";
import { Input } from "./tabs/input.tsx";
import { Results } from "./tabs/results.tsx";

/** The page. */
export function App(): JSX.Element {
  const good = lastGood.value;
  return (
    <>
      <header>
        <h1>guestshare</h1>
        <p class="tagline">
          What a virtual machine's guest gets of its host's files, planned and drawn. Nothing leaves this
          page.
        </p>
        <Toolbar />
      </header>
      <ExampleLinks />
      <p class="notice" role="status">
        {escaped(notice.value)}
      </p>
      <main>
        <section class="input" aria-label="Input">
          <MistakeLine />
          <Input />
        </section>
        <section class="result" aria-label="Picture">
          {good ? (
            <>
              <Legend />
              {mistake.value && <p class="hint">This is the last picture that could be drawn.</p>}
              <div class="picture-and-panel">
                <PictureView picture={good.picture} />
                <Panel />
              </div>
              <Results drawing={good.drawing} />
            </>
          ) : (
            <p class="hint">Nothing can be drawn yet.</p>
          )}
        </section>
      </main>
      <Keys />
    </>
  );
}

/** Why what is typed cannot be drawn, and the way there. */
function MistakeLine(): JSX.Element {
  const wrong = mistake.value;
  return (
    <div class="mistake" role="alert">
      {wrong && (
        <>
          <p>{escaped(wrong.message)}</p>
          <button type="button" onClick={goToMistake}>
            Show where
          </button>
        </>
      )}
    </div>
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
