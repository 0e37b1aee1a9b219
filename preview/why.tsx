import type { JSX } from "preact";
import type { Mount } from "../mod.ts";
import type { Rule } from "../picture/mod.ts";
import { inputTab } from "./state.ts";

interface WhyProps {
  readonly rule: Rule;
  readonly mount: Mount | undefined;
}

/** Why a mount became what it did. What follows from an assumption says so. */
export function Why({ rule: { kind, reason, sentence }, mount }: WhyProps): JSX.Element {
  const isAssumed = kind === "watchable" && mount?.facts !== undefined && !("files" in mount.facts);
  return (
    <div>
      <WhySentence text={isAssumed ? sentence.replace(" files,", " files (as is assumed),") : sentence} />
      {isAssumed && <Assumed />}
      {hasManyFiles(mount) && (
        <p>
          A configmap or a secret of more than 8 files is not watched: Kata gives the agent no more of them.
        </p>
      )}
      <p>
        <small>
          outcome <code>{kind}</code>, reason <code>{reason}</code>
        </small>
      </p>
    </div>
  );
}

function Assumed(): JSX.Element {
  return (
    <p>
      How many files it has is assumed: with more than 8 it is shared as it is, and not copied.{" "}
      <button
        type="button"
        onClick={() => {
          inputTab.value = "sources";
        }}
      >
        Say it in Sources
      </button>
    </p>
  );
}

// Of these the agent watches none.
function hasManyFiles({ facts, source = "" }: Mount = { destination: "" }): boolean {
  return (facts?.files ?? 0) > 8 && /\/kubernetes\.io~(?:configmap|secret)\//.test(source);
}

/** Why something is as it is, in a sentence. */
export function WhySentence({ text }: { readonly text: string }): JSX.Element {
  return (
    <section>
      <h3>Why</h3>
      <p class="rule">{text}</p>
    </section>
  );
}
