import { TtrpcRefusal } from "../../../../ffi/ttrpc/refusal.ts";

/** As Kata's agent refuses: the words of an error, and where in the agent it was made. */
export function internal(reason: string): TtrpcRefusal {
  return new TtrpcRefusal(
    "INTERNAL",
    `${reason}\n\nStack backtrace:\n   0: anyhow::error::<impl anyhow::Error>::msg`,
  );
}

/** There is no container of this id: most calls say so as an error of any kind. */
export function unknownContainer(): TtrpcRefusal {
  return internal("Invalid container id");
}

/** As the calls of a process say it, which tell their errors apart. */
export function unknownProcess(
  what: "InvalidContainerId" | "InvalidExecId" | "InitProcessNotFound",
): TtrpcRefusal {
  return new TtrpcRefusal(what === "InvalidContainerId" ? "INVALID_ARGUMENT" : "NOT_FOUND", what);
}

/** A handler that gives this is never answered: the agent's task waits for something that never comes. */
export const never: Promise<never> = new Promise(() => {});
