import type { PlanRequest, RequestError } from "../../mod.ts";

/** What the core refuses, as a sentence, with what only the request tells: what is empty, and which option came earlier. */
export function refusedText({ message, code, path, subject }: RequestError, request: PlanRequest): string {
  if (code === "missing-field" && valueAt(request, path) === "")
    return message.replace("the field is needed; add it", "it is empty; give it a value");
  const earlier = code === "conflicting-option" ? earlierOption(request, path, subject) : undefined;
  return earlier === undefined
    ? message
    : message.replace("an earlier option", () => `the earlier option ${JSON.stringify(earlier)}`);
}

/** Where a refused value has its cause: what needs a shared filesystem is right as it is, and the sandbox has none. */
export function causeOf({ code, path }: RequestError, { sandbox }: PlanRequest): string {
  if (code !== "needs-sharing") return path;
  return sandbox.sharedFs === "none" ? "sandbox.sharedFs" : "sandbox.hypervisor";
}

// Of each of these a mount has one.
const groups = [/^r?(?:private|shared|slave|unbindable)$/, /^r?(?:rel|no|strict)atime$/];

function earlierOption(request: PlanRequest, path: string, option: string): string | undefined {
  const [, list = "", at] = /^(.*)\[(\d+)\]$/s.exec(path) ?? [];
  const options = valueAt(request, list);
  const group = groups.find((one) => one.test(option));
  if (!group || !Array.isArray(options)) return undefined;
  return options.slice(0, Number(at)).find((one) => group.test(one) && one !== option);
}

function valueAt(value: unknown, path: string): unknown {
  const names = path.match(/[^.[\]]+/g) ?? [];
  return names.reduce<unknown>(
    (inner, name) => (inner as Record<string, unknown> | undefined)?.[name],
    value,
  );
}
