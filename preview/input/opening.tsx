import type { JSX } from "preact";
import { useRef } from "preact/hooks";
import { isDragging, takeFiles } from "./taking.ts";

/** How somebody's own files come here. */
export function Opening(): JSX.Element {
  const files = useRef<HTMLInputElement>(null);
  return (
    <div class={isDragging.value ? "opening dragging" : "opening"}>
      <input
        ref={files}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          void takeFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
      <button type="button" onClick={() => files.current?.click()}>
        Open files
      </button>
      <span class="hint">
        {isDragging.value
          ? "Drop it: it stays in this page."
          : "or drop or paste a config.json, a request, a plan, or the mountinfo of a node anywhere on this page."}
      </span>
    </div>
  );
}
