import type { Row } from "../../picture/mod.ts";
import { selected } from "../state.ts";

// A row that was out of sight is drawn within some frames.
const MOST_FRAMES = 20;

/** Selects a row, and gives it the focus once it is drawn. */
export function goTo(row: Row | undefined): void {
  if (!row) return;
  selected.value = row.id;
  focusWhenDrawn(row.id, MOST_FRAMES);
}

function focusWhenDrawn(id: string, frames: number): void {
  requestAnimationFrame(() => {
    const rows = document.querySelectorAll<HTMLElement>('[role="treeitem"]');
    const element = [...rows].find((one) => one.dataset.row === id);
    if (element) element.focus({ preventScroll: true });
    else if (frames > 0 && selected.value === id) focusWhenDrawn(id, frames - 1);
  });
}
