import { nodeTable } from "./node-table.ts";
import type { OpenPage } from "./open-page.ts";

/** Something that the page can show. */
export interface PageState {
  /** Also the name of its screenshots. */
  readonly name: string;
  /** The example that it begins with. */
  readonly hash: string;
  bring(opened: OpenPage): Promise<unknown>;
}

const first = "#pod";

/** What each example shows. */
const ofExamples: Readonly<Record<string, PageState["bring"]>> = {
  opened: async () => {},
  "row selected": ({ page }) =>
    page.locator('[data-column="guest"] [role="treeitem"][aria-level="3"]').last().click(),
  sources: (opened) => opened.tab("Sources"),
  storages: (opened) => opened.tab("Storages"),
  "predicted table": (opened) => opened.tab("Predicted mount table"),
};

const ofOne: Readonly<Record<string, PageState["bring"]>> = {
  "share selected": ({ page }) =>
    page.locator('[data-column="hub"] [aria-label^="sandbox-"]').first().click(),
  "curve selected": ({ page }) => page.locator(".curve").nth(3).dispatchEvent("click"),
  legend: ({ page }) => page.getByText("What the marks mean").click(),
  sandbox: (opened) => opened.tab("Sandbox"),
  request: (opened) => opened.tab("Request"),
  "rewritten mounts": (opened) => opened.tab("Mounts"),
  keys: ({ page }) => page.getByRole("button", { name: "Keys" }).click(),
  found: ({ page }) => page.getByRole("textbox", { name: "Find" }).fill("app"),
  mistake: async (opened) => {
    await opened.replace("config.json of container 1", '"rprivate"', '"rpirvate"');
    await opened.page.locator("mark.wrong").waitFor();
  },
  "half-typed JSON": async (opened) => {
    await opened.replace("What is beside", '"web",', '"web"');
    await opened.page.locator("mark.wrong").waitFor();
  },
  "wrong field": async (opened) => {
    await opened.tab("Sandbox");
    await opened.page.getByLabel("Bytes of /dev/shm").fill("many");
    await opened.page.locator("input[aria-invalid=true]").waitFor();
  },
  changed: async (opened) => {
    await opened.replace("config.json of container 1", "/srv/www", "/srv/web");
    await opened.waitForRow("guest", "/srv/web");
  },
  "link copied": async ({ page }) => {
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.getByText("The link is copied.").waitFor();
  },
  "nothing read": async (opened) => {
    await opened.drop({ name: "letter.txt", text: "Dear all, here is nothing." });
    await opened.page.getByText(/^Nothing that this page reads/).waitFor();
  },
  table: dropTable,
  "table with a finding selected": async (opened) => {
    await dropTable(opened);
    await opened.page.locator('[data-column="hub"] [aria-label*="data3"]').first().click();
  },
  "table without mounts": async (opened) => {
    await opened.page.getByRole("tab", { name: "Table", exact: true }).click();
    await opened.editor("Mount table").fill("36 35 98:0 oops");
    await opened.page
      .getByText(/missing-field|was left out/)
      .first()
      .waitFor();
  },
};

async function dropTable(opened: OpenPage): Promise<void> {
  await opened.drop({ name: "mountinfo", text: nodeTable(4) });
  await opened.page.getByText("Taken for a mount table.").waitFor();
}

/** All states of the page that are looked at. */
export const pageStates: readonly PageState[] = [
  ...["pod", "block-root", "nydus", "erofs", "confidential"].flatMap((example) =>
    Object.entries(ofExamples).map(([name, bring]) => ({
      name: `${example}, ${name}`,
      hash: `#${example}`,
      bring,
    })),
  ),
  ...Object.entries(ofOne).map(([name, bring]) => ({ name, hash: first, bring })),
];
