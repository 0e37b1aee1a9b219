import { styleText } from "node:util";
import type { CommonOptions } from "../command.ts";
import type { Io, Output } from "../io.ts";

/** A style of a text, as `util.styleText` names it. */
export type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Gives a text a style, or leaves it as it is. */
export type Paint = (style: Style, text: string) => string;

/** Without any style. */
export const noColors: Paint = (_style, text) => text;

// With a stream that is no terminal, styleText would leave the text as it is.
const colors: Paint = (style, text) => styleText(style, text, { validateStream: false });

/** How texts for an output are painted: as --color says, else on a terminal where NO_COLOR is not set. */
export function paintFor(output: Output, { env }: Io, { color = "auto" }: CommonOptions): Paint {
  if (color !== "auto") return color === "always" ? colors : noColors;
  const isWanted = output.isTerminal && !env.NO_COLOR && env.TERM !== "dumb";
  return isWanted ? colors : noColors;
}
