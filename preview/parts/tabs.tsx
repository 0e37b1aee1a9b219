import type { ComponentChildren, JSX } from "preact";
import { useId, useRef } from "preact/hooks";

/** One of several tabs. */
export interface Tab<Name extends string> {
  readonly name: Name;
  readonly title: string;
  /** Beside the title, such as how many rows the tab has. */
  readonly note?: string | number | undefined;
  render(): ComponentChildren;
}

interface TabsProps<Name extends string> {
  readonly label: string;
  readonly tabs: readonly Tab<Name>[];
  readonly open: Name;
  onOpen(name: Name): void;
}

/** Tabs, of which one is open: arrow keys, Home and End lead from one to the next. */
export function Tabs<Name extends string>({ label, tabs, open, onOpen }: TabsProps<Name>): JSX.Element {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = tabs.findIndex(({ name }) => name === open);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = neighbour(event.key, at, tabs.length);
    const tab = next === undefined ? undefined : tabs[next];
    if (!tab || next === undefined) return;
    event.preventDefault();
    onOpen(tab.name);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <>
      <div class="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map(({ name, title, note }) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`${id}-${name}`}
            aria-controls={`${id}-panel`}
            aria-selected={name === open}
            tabIndex={name === open ? 0 : -1}
            onClick={() => onOpen(name)}
          >
            {title}
            {note !== undefined && <small> {note}</small>}
          </button>
        ))}
      </div>
      <div class="tab-panel" role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${open}`}>
        {tabs[at]?.render()}
      </div>
    </>
  );
}

function neighbour(key: string, at: number, count: number): number | undefined {
  if (key === "ArrowRight") return (at + 1) % count;
  if (key === "ArrowLeft") return (at + count - 1) % count;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
