import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { pictureWords } from "../parts/words.ts";

/** Whether the keys are shown. */
export const keysAreShown = signal(false);

const keys = [
  ["Tab", "to the next part; after Ctrl+M it indents in editors, until Ctrl+M again"],
  ["↑ ↓", "to the next row of a column"],
  ["← →", "to the row above in the tree, and to the first one below"],
  ["Home End", "to the first and the last row"],
  ["letters", "to the next row whose name begins so"],
  ["Ctrl+→ Ctrl+←", "along a curve to its other end"],
  ["Ctrl+Space", "the words that can be typed in an editor"],
  ["?", "these keys and words"],
] as const;

/** The keys of the page, over it. */
export function Keys(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (keysAreShown.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [keysAreShown.value]);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="keys-title"
      onClose={() => {
        keysAreShown.value = false;
      }}
    >
      <h2 id="keys-title">Keys</h2>
      <dl>
        {keys.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <h2>Words</h2>
      <dl>
        {pictureWords.map(([word, what]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </dialog>
  );
}

/** Shows the keys at "?", unless somebody types into a field. */
export function listenForKeys(): void {
  addEventListener("keydown", (event) => {
    const isTyping = event.target instanceof Element && event.target.matches("input, textarea, select");
    if (event.key === "?" && !isTyping) keysAreShown.value = true;
  });
}
