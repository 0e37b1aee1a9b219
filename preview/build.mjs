// Builds the page into dist/preview, which works from any folder and offline; run by `npm run build:page`.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, resolve } from "node:path";
import { build } from "esbuild";
import { packedCore, packedSchema, plainJson, shapeOfSchema } from "./packing.mjs";

const outdir = "dist/preview";
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });

const packing = {
  name: "packing",
  setup({ onLoad }) {
    onLoad({ filter: /\/wasm\/core-bytes\.ts$/ }, () => ({
      contents: packedCore(readFileSync("wasm/core.wasm")),
    }));
    onLoad({ filter: /\/wasm\/schema\.json$/ }, () => ({
      contents: packedSchema(JSON.parse(readFileSync("wasm/schema.json", "utf8"))),
      loader: "json",
    }));
    onLoad({ filter: /\/wasm\/(?:read-plan|fast-json)\.ts$/ }, ({ path }) => ({
      contents: plainJson[basename(path)],
    }));
    onLoad({ filter: /\/wasm\/generated\/request-shape\.ts$/ }, () => ({
      contents: shapeOfSchema,
      resolveDir: resolve("wasm"),
    }));
  },
};

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
  // The core has all bytes as characters.
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
  plugins: [packing],
});
copyFileSync("preview/index.html", `${outdir}/index.html`);
