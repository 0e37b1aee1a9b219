import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { type Sight, STACKED_ROW_HEIGHT } from "./geometry.ts";

// So many rows are drawn beyond those in sight.
const BEYOND = 6;

/** The rows of a tree that are in the window's sight, while it is the page that is scrolled. */
export function useSightInWindow(tree: RefObject<HTMLElement | null>, isUsed: boolean): Sight {
  const [first, setFirst] = useState(0);
  useLayoutEffect(() => {
    if (!isUsed) return;
    const look = () => {
      const { top = 0 } = tree.current?.getBoundingClientRect() ?? {};
      // In steps: not every pixel draws rows again.
      setFirst(Math.max(0, Math.floor(-top / STACKED_ROW_HEIGHT / BEYOND) - 1) * BEYOND);
    };
    look();
    addEventListener("scroll", look, { passive: true });
    return () => removeEventListener("scroll", look);
  }, [isUsed]);
  return { first, end: first + Math.ceil(innerHeight / STACKED_ROW_HEIGHT) + 3 * BEYOND };
}
