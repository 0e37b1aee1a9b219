import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

/** How a page is opened. */
export interface OpenOptions {
  readonly hash?: string;
  /** Whether it is waited for until something is drawn. Default true. */
  readonly isDrawn?: boolean;
  readonly colorScheme?: "light" | "dark";
  readonly forcedColors?: "active" | "none";
  readonly reducedMotion?: "reduce" | "no-preference";
  readonly width?: number;
  readonly height?: number;
}

/** The page that plans and draws, in a browser. */
export class OpenPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The addresses of all that was asked for. */
  readonly requests: string[] = [];
  /** What the browser complained of: errors of scripts, and what the page's policy forbids. */
  readonly complaints: string[] = [];

  readonly #folder: string;

  private constructor(page: Page, url: string) {
    this.page = page;
    this.#folder = new URL(".", url).href;
    this.context = page.context();
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("pageerror", (error) => this.complaints.push(String(error)));
    page.on("console", (message) => {
      if (message.type() !== "log") this.complaints.push(message.text());
    });
  }

  /** Opens the page at an address, and waits until something is drawn. */
  static async at(browser: Browser, url: string, options: OpenOptions = {}): Promise<OpenPage> {
    const { hash = "", isDrawn = true, width = 1440, height = 900, ...look } = options;
    const context = await browser.newContext({ viewport: { width, height }, ...look });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]).catch(() => undefined);
    const opened = new OpenPage(await context.newPage(), url);
    await context.route(
      (address) => !opened.#isOwn(address.href),
      (route) => route.abort(),
    );
    await opened.page.goto(url + hash);
    if (isDrawn) await opened.page.locator('[role="treeitem"]').first().waitFor();
    return opened;
  }

  /** Shows the same in another way, and waits until it is drawn so. */
  async look({ width = 1440, height = 900, ...media }: Omit<OpenOptions, "hash" | "isDrawn">): Promise<void> {
    const still = { reducedMotion: "reduce" } as const;
    await this.page.emulateMedia({ colorScheme: "light", forcedColors: "none", ...still, ...media });
    await this.page.setViewportSize({ width, height });
    await this.page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
  }

  /** The names of the rows of a column, with what their marks mean. */
  rows(column: "host" | "hub" | "guest"): Promise<string[]> {
    return this.page
      .locator(`[data-column="${column}"] [role="treeitem"]`)
      .evaluateAll((rows) => rows.map((row) => row.getAttribute("aria-label") ?? ""));
  }

  /** Waits until a column has a row whose name begins so. */
  async waitForRow(column: "host" | "hub" | "guest", name: string): Promise<void> {
    await this.page
      .locator(`[data-column="${column}"] [role="treeitem"][aria-label^=${JSON.stringify(name)}]`)
      .first()
      .waitFor();
  }

  tab(name: string): Promise<void> {
    return this.page.getByRole("tab", { name }).click();
  }

  /** The text of an editor, by the beginning of its label. */
  editor(label: string): Locator {
    return this.page.locator(`textarea[aria-label^=${JSON.stringify(label)}]`);
  }

  /** Puts a text in the place of another one, as somebody does who types. */
  async replace(label: string, text: string, by: string): Promise<void> {
    const editor = this.editor(label);
    const value = await editor.inputValue();
    const start = value.indexOf(text);
    assert.notEqual(start, -1, `${JSON.stringify(text)} in ${label}`);
    await editor.focus();
    await editor.evaluate(
      (area, [from, to]) => (area as HTMLTextAreaElement).setSelectionRange(from as number, to as number),
      [start, start + text.length],
    );
    await this.page.keyboard.insertText(by);
  }

  /** Drops files on the page, as somebody does who drags them there. */
  async drop(...files: readonly { readonly name: string; readonly text: string }[]): Promise<void> {
    const transfer = await this.page.evaluateHandle((list) => {
      const data = new DataTransfer();
      for (const { name, text } of list) data.items.add(new File([text], name));
      return data;
    }, files);
    await this.page.locator("main").dispatchEvent("drop", { dataTransfer: transfer });
  }

  /** What "Save JSON" saves. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look for what they expect in it.
  async savedJson(): Promise<any> {
    const saving = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: "Save JSON" }).click();
    return JSON.parse(readFileSync(await (await saving).path(), "utf8"));
  }

  /** What the page says. */
  async notice(): Promise<string> {
    return (await this.page.locator(".notice").textContent()) ?? "";
  }

  /** Ends it. The page neither complained, nor asked for anything that is not beside it. */
  async close(): Promise<void> {
    assert.deepEqual(this.complaints, []);
    const foreign = this.requests.filter((address) => !this.#isOwn(address));
    assert.deepEqual(foreign, []);
    await this.context.close();
  }

  #isOwn(address: string): boolean {
    return address.startsWith(this.#folder) || /^(?:data|blob):/.test(address);
  }
}
