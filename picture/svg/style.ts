/** How the picture looks, in light and dark. Kinds of curves differ in their dashes, too. */
export const style = `
text { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1b1f24; dominant-baseline: central; white-space: pre; }
.paper { fill: #ffffff; }
.heading, .sandbox, .container { font-weight: bold; }
.directory, .legend { fill: #57606a; }
.signs { font-size: 11px; fill: #57606a; }
.wrong { fill: #b42318; }
path { fill: none; stroke-width: 1.4; stroke: #57606a; }
path.bound { stroke: #0b62b8; }
path.copied { stroke: #a04a00; stroke-dasharray: 7 4; }
path.storage { stroke: #6b3fa0; stroke-dasharray: 2 3; }
path.disk { stroke: #1a7341; stroke-width: 2.4; }
path.overlay { stroke: #1a7341; stroke-dasharray: 10 3 2 3; }
path.made { stroke: #57606a; stroke-dasharray: 1 4; }
.covered { opacity: 0.5; }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3; }
  .paper { fill: #0d1117; }
  .directory, .legend, .signs { fill: #9da7b1; }
  .wrong { fill: #ff8a80; }
  path, path.made { stroke: #9da7b1; }
  path.bound { stroke: #6cb6ff; }
  path.copied { stroke: #ffa657; }
  path.storage { stroke: #d2a8ff; }
  path.disk, path.overlay { stroke: #56d364; }
}
`;
