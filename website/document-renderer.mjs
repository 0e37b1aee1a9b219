import { Renderer } from "marked";
import { linkInSite } from "./places.mjs";

/** Writes the HTML of one document of the repository. */
export class DocumentRenderer extends Renderer {
  #file;
  /** How often each name was given to a heading. */
  #names = new Map();

  constructor(file) {
    super();
    this.#file = file;
  }

  heading({ tokens, depth, text }) {
    return `<h${depth} id="${this.#nameOf(text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
  }

  link({ href, tokens }) {
    return `<a href="${escaped(linkInSite(this.#file, href))}">${this.parser.parseInline(tokens)}</a>`;
  }

  // What is wider than a screen is scrolled, also by keys.
  table(token) {
    return `<div class="wide" tabindex="0">${super.table(token)}</div>\n`;
  }

  // A header without text would be read aloud as one.
  tablecell(token) {
    return token.header && token.text === "" ? "<td></td>\n" : super.tablecell(token);
  }

  code({ text }) {
    return `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`;
  }

  // No document has markup of its own: what looks like some is text.
  html({ text }) {
    return escaped(text);
  }

  // As GitHub names headings, which links between documents know.
  #nameOf(text) {
    const name = text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, "")
      .replace(/\s/g, "-");
    const count = this.#names.get(name) ?? 0;
    this.#names.set(name, count + 1);
    return count === 0 ? name : `${name}-${count}`;
  }
}

/** A text in HTML. */
export function escaped(text) {
  const entities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}
