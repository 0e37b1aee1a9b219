// Builds what any static host can serve into site/, or into the folder that is named: the page, the documents and the API reference.
// Run by `npm run build:site`, which builds the page before.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { argv } from "node:process";
import { documentPage } from "./document.mjs";
import { pathInSite, repository } from "./places.mjs";

const site = argv[2] ?? "site";
// The command's door has nothing to import.
const { exports } = JSON.parse(readFileSync("deno.json", "utf8"));
const doors = Object.entries(exports)
  .map(([name, path]) => ({ name, path }))
  .filter(({ name, path }) => name !== "./cli" && path.endsWith(".ts"));

rmSync(site, { recursive: true, force: true });
mkdirSync(site, { recursive: true });

cpSync("dist/preview", join(site, "page"), { recursive: true });
cpSync("website/style.css", join(site, "style.css"));
for (const file of [...markdownIn("."), ...markdownIn("docs")]) {
  const path = join(site, pathInSite(file));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, documentPage(file, readFileSync(file, "utf8")));
}
writeFileSync(join(site, "api.html"), documentPage("api.md", overviewOf(doors)));
writeApi(join(site, "api"), doors);

function markdownIn(folder) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".md"));
  return names.map((name) => join(folder, name));
}

// With the first sentence that each door says of itself.
function overviewOf(doors) {
  const rows = doors.map(({ name, path }) => {
    const [, sentence = ""] = /\/\*\*\n \* ([\s\S]*?\.)\s/.exec(readFileSync(path, "utf8")) ?? [];
    const page = `api/${name === "." ? "" : `${name.slice(2)}/`}index.html`;
    return `| [guestshare${name.slice(1)}](${page}) | ${sentence.replaceAll("\n *", "")} |`;
  });
  return ["# The API", "", "| import | is |", "|---|---|", ...rows, ""].join("\n");
}

function writeApi(folder, doors) {
  const paths = doors.map(({ path }) => path);
  const words = ["doc", "--html", "--name=guestshare", `--output=${folder}`, ...paths];
  const { status, stderr, error } = spawnSync("node_modules/.bin/deno", words, { encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`deno doc ended with ${status}:\n${stderr}`);
  for (const file of readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".html"))) {
    const path = join(folder, file);
    writeFileSync(path, withSources(readFileSync(path, "utf8")));
  }
}

// Where a symbol is written is a file of this machine, for Deno.
function withSources(html) {
  return html.replace(/href="(file:[^"]*)"/g, (_, address) => {
    const { pathname } = new URL(address.replaceAll("&#x2F;", "/"));
    return `href="${repository}${pathname.slice(process.cwd().length + 1)}"`;
  });
}
