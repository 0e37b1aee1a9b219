import type { JSX } from "preact";
import { svgOf } from "../../picture/mod.ts";
import { linkOf } from "../address.ts";
import { lastGood, mistake, notice, state } from "../state.ts";
import { download } from "./download.ts";
import { keysAreShown } from "./keys.tsx";

/** What one does with a picture: send it, save it. */
export function Toolbar(): JSX.Element {
  const isDrawn = lastGood.value !== undefined && mistake.value === undefined;
  return (
    <div class="toolbar">
      <button type="button" onClick={() => void copyLink()}>
        Copy link
      </button>
      <button type="button" disabled={!isDrawn} onClick={saveSvg}>
        Save SVG
      </button>
      <button type="button" disabled={!isDrawn} onClick={saveJson}>
        Save JSON
      </button>
      <button
        type="button"
        aria-label="Keys"
        onClick={() => {
          keysAreShown.value = true;
        }}
      >
        ?
      </button>
    </div>
  );
}

async function copyLink(): Promise<void> {
  const link = await linkOf(state.value);
  if (link === undefined) {
    download("guestshare.json", "application/json", JSON.stringify(state.value, null, 2));
    notice.value =
      "This is too long for a link. It was saved as a file instead: drop that on this page to open it.";
    return;
  }
  try {
    await navigator.clipboard.writeText(link);
    notice.value = `The link is copied. It has the input in it, with its paths and the text of config.json. Nothing was sent anywhere.${
      location.protocol === "file:"
        ? " It leads to a file, and opens on this machine only: for others, save the JSON, which they can drop on their page."
        : ""
    }`;
  } catch {
    // A page that is no secure one may not write there.
    notice.value = "The browser does not let this page copy. The address above is the link.";
  }
}

function saveSvg(): void {
  const { picture } = lastGood.value ?? {};
  if (!picture) return;
  download("guestshare.svg", "image/svg+xml", svgOf(picture));
  notice.value = "guestshare.svg is saved.";
}

function saveJson(): void {
  const { drawing } = lastGood.value ?? {};
  if (!drawing) return;
  const { planned, table, findings } = drawing;
  const plans = planned.map(({ request, plan }) => ({ request, plan }));
  const saved = { page: state.value, plans, table, findings };
  download("guestshare-plan.json", "application/json", JSON.stringify(saved, null, 2));
  notice.value = "guestshare-plan.json is saved. Where it is dropped on this page, the page is as it is now.";
}
