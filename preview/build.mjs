// Builds the page into dist/preview, which works from any folder and offline; run by `npm run build:page`.
import { copyFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "esbuild";
import {
  dateOfToml,
  packedCore,
  packedSchema,
  plainJson,
  shapeOfSchema,
  withoutEnums,
  withoutKeymap,
  withoutReasons,
} from "./packing.mjs";

const outdir = "dist/preview";
rmSync(outdir, { recursive: true, force: true });
mkdirSync(outdir, { recursive: true });

// By a part of a path. A module that moved would be as large as it is, and nobody would see why.
const packed = [
  ["/wasm/core-bytes.ts", () => ({ contents: packedCore(readFileSync("wasm/core.wasm")) })],
  [
    "/wasm/schema.json",
    () => ({
      contents: packedSchema(JSON.parse(readFileSync("wasm/schema.json", "utf8"))),
      loader: "json",
    }),
  ],
  ["/wasm/read-plan.ts", () => ({ contents: plainJson["read-plan.ts"] })],
  ["/wasm/fast-json.ts", () => ({ contents: plainJson["fast-json.ts"] })],
  ["/dist/commands-", (path) => ({ contents: withoutKeymap(readFileSync(path, "utf8")) })],
  ["/jsonc-parser/lib/esm/main.js", (path) => ({ contents: withoutEnums(readFileSync(path, "utf8")) })],
  ["/esm/impl/scanner.js", (path) => ({ contents: withoutEnums(readFileSync(path, "utf8")) })],
  [
    "/input/format-error.ts",
    (path) => ({ contents: withoutReasons(readFileSync(path, "utf8")), loader: "ts" }),
  ],
  ["/smol-toml/dist/date.js", () => ({ contents: dateOfToml })],
  ["/wasm/generated/request-shape.ts", () => ({ contents: shapeOfSchema, resolveDir: resolve("wasm") })],
];
const notMet = new Set(packed.map(([part]) => part));

const packing = {
  name: "packing",
  setup({ onLoad, onEnd }) {
    onLoad(
      {
        filter:
          /\/wasm\/|\/input\/format-error\.ts$|\/prism-code-editor\/dist\/commands-|\/(?:jsonc-parser|smol-toml)\//,
      },
      ({ path }) => {
        const [part, pack] = packed.find(([part]) => path.includes(part)) ?? [];
        notMet.delete(part);
        return pack?.(path);
      },
    );
    onEnd(() => {
      if (notMet.size > 0) throw new Error(`not in the page: ${[...notMet].join(", ")}`);
    });
  },
};

await build({
  entryPoints: [
    { in: "preview/main.tsx", out: "page" },
    { in: "preview/style/all.css", out: "page" },
  ],
  outdir,
  bundle: true,
  // First: a compressor that meets the core's bytes amid text makes 2 kB more of both.
  inject: ["wasm/core-bytes.ts"],
  // No module: a browser loads those from a server only, and the page works from a file, too.
  format: "iife",
  target: ["chrome110", "firefox115", "safari16.4"],
  minify: !process.env.PLAIN_PAGE,
  // The core has all bytes as characters.
  charset: "utf8",
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
  plugins: [packing],
});
copyFileSync("preview/index.html", `${outdir}/index.html`);
