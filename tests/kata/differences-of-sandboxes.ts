import type { Answer, Question } from "./question.ts";

/** What Kata's answer is without a known difference; undefined where that one does not hold. */
export type WithoutInSandbox = (question: Question, kata: Answer, ours: Answer) => Answer | undefined;

/** Known differences of a sandbox, by their names in docs/kata.md. */
export const inSandboxes: Readonly<Record<string, WithoutInSandbox>> = {
  "none is never": (question, kata) => {
    if (question.op !== "prepare" || question.sandbox.virtioFsCache !== "none") return undefined;
    const storages = kata.storages ?? [];
    return {
      ...kata,
      storages: storages.map((one) => ({ ...one, options: one.options.filter(isOtherThanDax) })),
    };
  },

  "the pod's shm is as large as it asks for": (question, kata, ours) => {
    const mounts = question.op === "sandbox" ? question.config.mounts : [];
    if (!mounts.some(({ options = [] }) => options.some((word) => word.startsWith("size="))))
      return undefined;
    const own = ours.storages?.find(({ source }) => source === "shm");
    return {
      ...kata,
      storages: kata.storages?.map((one) => (one.source === "shm" && own ? own : one)) ?? [],
    };
  },

  "a remote machine's driver is what is asked for": (_, { sandbox, ...kata }, ours) => {
    const blockDeviceDriver = ours.sandbox?.blockDeviceDriver;
    return sandbox?.hypervisor === "remote" && blockDeviceDriver
      ? { ...kata, sandbox: { ...sandbox, blockDeviceDriver } }
      : undefined;
  },

  "stratovirt's msize_9p is read": ({ op }, kata, ours) => {
    if (op !== "sandbox" || kata.sandbox?.hypervisor !== "stratovirt") return undefined;
    const msize = ours.storages?.[0]?.options.find((word) => word.startsWith("msize="));
    const storages = kata.storages?.map((one) => ({ ...one, options: one.options.map(withMsize) })) ?? [];
    return { ...kata, storages };

    function withMsize(word: string): string {
      return word.startsWith("msize=") ? (msize ?? word) : word;
    }
  },
};

function isOtherThanDax(word: string): boolean {
  return word !== "dax";
}
