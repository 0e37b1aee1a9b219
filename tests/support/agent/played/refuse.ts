import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";
import type { AgentTraits, Missing, OwnWords } from "../agent-traits.ts";

/** As Kata's agent refuses: the words of an error, and where in the agent it was made. */
export function internal(reason: string): TtrpcRefusal {
  return new TtrpcRefusal(
    "INTERNAL",
    `${reason}\n\nStack backtrace:\n   0: anyhow::error::<impl anyhow::Error>::msg`,
  );
}

/** As `internal`, of an error and the one below it. */
export function caused(reason: string, cause: string): TtrpcRefusal {
  return internal(`${reason} Caused by:     ${cause}`);
}

/** The refusal of a root that is not there, of a container that has its own place for it. */
export function noRoot(path: string, id: string): TtrpcRefusal {
  return noPlace(path, `/run/kata-containers/${id}/rootfs`);
}

/** The refusal of a mount that needs something that is not there. */
export function noPlace(source: string, place: string): TtrpcRefusal {
  return internal(`failed to mount ${source} to ${place}, with error: ENOENT: No such file or directory`);
}

/** The refusal of a mount whose source is not there: it does not say which one. */
export function noSource(): TtrpcRefusal {
  return internal("No such file or directory (os error 2)");
}

/** The refusal to measure what is not there. */
export function noVolume(): TtrpcRefusal {
  return new TtrpcRefusal("INTERNAL", 'Os { code: 2, kind: NotFound, message: "No such file or directory" }');
}

/** There is no container of this id: most calls say so as an error of any kind. */
export function unknownContainer(): TtrpcRefusal {
  return internal("Invalid container id");
}

/** As the calls of a process say it, of which some have words of their own. */
export function missing(traits: AgentTraits, what: Missing, id: string, call?: OwnWords): TtrpcRefusal {
  const [code, words] = ((call && traits.missingIn[call]) ?? traits.missing)[what];
  const reason = words.replace("ID", id);
  return code === "INTERNAL" ? internal(reason) : new TtrpcRefusal(code, reason);
}

/** A handler that gives this is never answered: the agent's task waits for something that never comes. */
export const never: Promise<never> = new Promise(() => {});
