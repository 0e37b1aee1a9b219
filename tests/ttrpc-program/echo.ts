import { create, createFileRegistry, type DescMethodUnary } from "@bufbuild/protobuf";
import type { GenService } from "@bufbuild/protobuf/codegenv2";
import {
  type BytesValueSchema,
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
} from "@bufbuild/protobuf/wkt";
import { TtrpcRefusal } from "../../ffi/ttrpc/refusal.ts";
import type { TtrpcContext } from "../../ffi/ttrpc/server-call.ts";
import type { TtrpcHandlers } from "../../ffi/ttrpc/services.ts";

type Bytes = typeof BytesValueSchema;
type Method = { methodKind: "unary"; input: Bytes; output: Bytes };

/** The service of these tests: each method takes a google.protobuf.BytesValue, and answers with one. */
export type EchoService = GenService<{
  echo: Method;
  refuse: Method;
  metadata: Method;
  wait: Method;
  grow: Method;
}>;

const names = ["Echo", "Refuse", "Metadata", "Wait", "Grow"];

const bytesValue = ".google.protobuf.BytesValue";
const file = create(FileDescriptorProtoSchema, {
  ...{ name: "echo.proto", package: "guestshare.test", syntax: "proto3" },
  dependency: ["google/protobuf/wrappers.proto"],
  service: [
    { name: "Echo", method: names.map((name) => ({ name, inputType: bytesValue, outputType: bytesValue })) },
  ],
});
const registry = createFileRegistry(file, () => file_google_protobuf_wrappers);

/** Its description. */
export const Echo = registry.getService("guestshare.test.Echo") as unknown as EchoService;

/** The methods by their names. */
export const echoMethods: Readonly<Record<string, DescMethodUnary<Bytes, Bytes>>> = Object.fromEntries(
  names.map((name) => [name, Echo.method[name.toLowerCase() as keyof typeof Echo.method]]),
) as never;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What each method does. */
export const echoHandlers: TtrpcHandlers<EchoService> = {
  echo: ({ value }) => ({ value }),
  /** Refuses with the code and the message that it is given: "5 no such file". */
  refuse({ value }) {
    const [, code = "", message = ""] = /^(\d+) (.*)$/s.exec(text(value)) ?? [];
    throw new TtrpcRefusal(Number(code), message);
  },
  /** The pairs that came with the call, sorted, a line each: "key=value". */
  metadata: (_, { metadata }) => {
    const pairs = [...metadata].flatMap(([key, values]) => values.map((value) => `${key}=${value}\n`));
    return { value: new TextEncoder().encode(pairs.sort().join("")) };
  },
  /** Answers after so many milliseconds, or when nobody waits any more. */
  wait: async ({ value }, { signal }: TtrpcContext) => {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, Number(text(value)));
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
    return {};
  },
  /** So many bytes. */
  grow: ({ value }) => ({ value: new Uint8Array(Number(text(value))) }),
};
