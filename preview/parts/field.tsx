import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly value: unknown;
  /** What it is, and its default. */
  readonly help?: string | undefined;
  /** What is wrong with it. */
  readonly wrong?: string | undefined;
  /** The words that it takes; without them a text is typed. */
  readonly words?: readonly string[] | undefined;
  /** What no word means. */
  readonly none?: string | undefined;
  /** A text is what was typed; empty for nothing. */
  onChange(text: string): void;
}

/** A labelled field of a form. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, help, wrong, words, none = "", onChange } = props;
  const id = useId();
  const text = value === undefined ? "" : String(value);
  const described = [help && `${id}-help`, wrong && `${id}-wrong`].filter(Boolean).join(" ");
  const common = {
    id,
    value: text,
    "aria-invalid": wrong === undefined ? undefined : ("true" as const),
    "aria-describedby": described || undefined,
    onInput: (event: { readonly currentTarget: HTMLInputElement | HTMLSelectElement }) =>
      onChange(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {words ? (
        <select {...common}>
          <option value="">{none}</option>
          {(words.includes(text) || text === "" ? words : [text, ...words]).map((word) => (
            <option key={word} value={word}>
              {word}
            </option>
          ))}
        </select>
      ) : (
        <input {...common} type="text" spellcheck={false} autocomplete="off" placeholder={none} />
      )}
      {help && <small id={`${id}-help`}>{help}</small>}
      {wrong && (
        <strong class="wrong" id={`${id}-wrong`}>
          {wrong}
        </strong>
      )}
    </div>
  );
}
