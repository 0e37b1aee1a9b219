import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { type Picture, type Row, traits } from "../../picture/mod.ts";
import { lastGood, selected } from "../state.ts";
import { columnNames } from "./geometry.ts";

const wanted = signal("");

/** A field that finds rows by a part of their paths: Enter goes to the next one. */
export function Find(): JSX.Element {
  const found = foundRows();
  const at = found.findIndex(({ id }) => id === selected.value);
  return (
    <form
      class="find"
      onSubmit={(event) => {
        event.preventDefault();
        const next = found[(at + 1) % found.length];
        if (next) selected.value = next.id;
      }}
    >
      <label>
        Find{" "}
        <input
          type="text"
          spellcheck={false}
          autocomplete="off"
          placeholder="part of a path"
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
          }}
        />
      </label>
      <button type="submit" disabled={found.length === 0}>
        Next
      </button>
      <button
        type="button"
        onClick={() => {
          wanted.value = traits["read-write"].meaning;
        }}
      >
        Writable
      </button>
      <small aria-live="polite">{wanted.value === "" ? "" : `${at + 1} of ${found.length}`}</small>
    </form>
  );
}

function foundRows(): Row[] {
  const { picture } = lastGood.value ?? {};
  const text = wanted.value.toLowerCase();
  return picture && text !== "" ? allRows(picture).filter((row) => has(row, text)) : [];
}

function allRows({ columns }: Picture): Row[] {
  return columnNames.flatMap((column) => columns[column]);
}

// The words of marks and findings find what has them.
function has({ label, path, details, traits: own }: Row, text: string): boolean {
  const meanings = own.map((trait) => traits[trait].meaning);
  const texts = [path ?? label, ...meanings, ...details.findings.map(({ code }) => code)];
  return texts.some((one) => one.toLowerCase().includes(text));
}
