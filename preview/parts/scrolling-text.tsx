import type { JSX } from "preact";

interface ScrollingTextProps {
  readonly label: string;
  readonly text: string;
}

/** Lines of text, which scroll where they have no room. */
export function ScrollingText({ label, text }: ScrollingTextProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what may scroll has to be reached by keyboard.
    <section tabIndex={0} aria-label={label} class="scrolling">
      <pre>{text}</pre>
    </section>
  );
}
