// Builds the page into dist/preview, which works from any folder and offline; run by `npm run build:page`.
import { copyFileSync, mkdirSync, rmSync } from "node:fs";
import { build } from "esbuild";

const outdir = "dist/preview";
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });
await build({
  entryPoints: [
    { in: "preview/main.tsx", out: "page" },
    { in: "preview/style/all.css", out: "page" },
  ],
  outdir,
  bundle: true,
  // No module: a browser loads those from a server only, and the page works from a file, too.
  format: "iife",
  target: ["chrome110", "firefox115", "safari16.4"],
  minify: true,
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});
copyFileSync("preview/index.html", `${outdir}/index.html`);
