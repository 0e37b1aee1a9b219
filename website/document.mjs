import { Marked } from "marked";
import { DocumentRenderer, escaped } from "./document-renderer.mjs";

// Of each document: what else the site has.
const places = [
  ["index.html", "guestshare"],
  ["page/index.html", "The page"],
  ["docs/index.html", "Documents"],
  ["api.html", "API"],
  ["CHANGELOG.html", "Changes"],
];

/** A document of the repository as a page of the site: without a script, and without anything of another host. */
export function documentPage(file, markdown) {
  const root = file.includes("/") ? "../" : "";
  const body = new Marked().setOptions({ renderer: new DocumentRenderer(file) }).parse(markdown);
  const [, title = file] = /^# (.*)$/m.exec(markdown) ?? [];
  const links = places.map(([path, name]) => `<li><a href="${root}${path}">${name}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title.replaceAll("`", ""))}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}style.css">
</head>
<body>
<nav aria-label="Site"><ul>${links.join("")}</ul></nav>
<main>
${body}</main>
</body>
</html>
`;
}
