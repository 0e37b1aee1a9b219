import { render } from "preact";
import { keepAddress, openAddress } from "./address.ts";
import { App } from "./app.tsx";
import { serveDrawing } from "./aside/serve.ts";
import { exampleNamed, firstState } from "./examples/links.tsx";
import { listenForTexts } from "./input/taking.ts";
import { listenForKeys } from "./save/keys.tsx";
import { inputTab, open, start, state } from "./state.ts";

/** Opens what the address says, or the first example, and draws it. */
async function openPage(): Promise<void> {
  await start();
  const named = exampleNamed(location.hash);
  const isOpened = named === undefined && (await openAddress());
  if (!isOpened) open(named ?? firstState);
  inputTab.value = state.value.from;
  keepAddress();
  listenForTexts();
  listenForKeys();
  const root = document.getElementById("page");
  if (root) render(<App />, root);
}

// In a worker, which draws what is large, nothing is shown.
if (globalThis.document) void openPage();
else serveDrawing(globalThis as never);
