import type { JSX } from "preact";
import { escaped } from "../picture/mod.ts";
import { ExampleLinks } from "./examples/links.tsx";
import { Opening } from "./input/opening.tsx";
import { Legend } from "./legend.tsx";
import { MistakeLine } from "./mistake.tsx";
import { Panel } from "./panel.tsx";
import { Find } from "./picture/find.tsx";
import { PictureView } from "./picture/view.tsx";
import { Keys } from "./save/keys.tsx";
import { Toolbar } from "./save/toolbar.tsx";
import { isDrawing, isStale, lastGood, mistake, notice } from "./state.ts";
import { Input } from "./tabs/input.tsx";
import { Results } from "./tabs/results.tsx";

/** The page. */
export function App(): JSX.Element {
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
          <Opening />
          <MistakeLine />
          <Input />
        </section>
        <section class={isStale.value ? "result stale" : "result"} aria-label="Picture">
          <Result />
        </section>
      </main>
      <Keys />
    </>
  );
}

/** What was drawn last, with what is known of it. */
function Result(): JSX.Element {
  const good = lastGood.value;
  if (!good)
    return isDrawing.value ? (
      <Stale />
    ) : (
      <p class="hint">Nothing can be drawn of this until the mistake is mended.</p>
    );
  return (
    <>
      <div class="above-picture">
        <Legend />
        <Find />
      </div>
      <Stale />
      <div class="picture-and-panel">
        <PictureView picture={good.picture} />
        <Panel />
      </div>
      <Results drawing={good.drawing} />
    </>
  );
}

/** Why the picture is not of what is typed; nothing if it is. */
function Stale(): JSX.Element {
  const text = isDrawing.value
    ? "This is large, and is being drawn. Until then, the last picture stays."
    : mistake.value && "Old: the picture and all below are of this input as it was before the mistake.";
  return (
    <p class="hint stale-hint" aria-live="polite">
      {text}
    </p>
  );
}
