import { posix } from "node:path";

/** Where the files are that the site does not have. */
export const repository = "https://github.com/guestshare/guestshare/blob/main/";

/** The path in the site of a document of the repository; a folder's README is the folder's page. */
export function pathInSite(file) {
  return file.replace(/(?:README)?\.md$/, (ending) => (ending === ".md" ? ".html" : "index.html"));
}

/** Where a link of a document leads in the site: to a document, or to the repository. Links to elsewhere stay as they are. */
export function linkInSite(file, link) {
  if (/^(?:[a-z]+:|#|api\/)/.test(link)) return link;
  const [path, place] = link.split("#");
  const named = posix.join(posix.dirname(file), path);
  const fragment = place === undefined ? "" : `#${place}`;
  if (!/^(?:docs\/)?[\w-]+\.md$/.test(named)) return repository + named + fragment;
  return posix.relative(posix.dirname(file), pathInSite(named)) + fragment;
}
