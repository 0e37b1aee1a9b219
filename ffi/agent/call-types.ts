import type { MessageInitShape, MessageShape } from "@bufbuild/protobuf";
import type { AgentService } from "./generated/agent_pb.ts";

/** The calls of an agent, by their names in JavaScript. */
export type CallName = keyof (typeof AgentService)["method"];

/** What a call is sent: the message's fields in camelCase. Each may be left out. */
export type CallRequest<N extends CallName> = MessageInitShape<(typeof AgentService)["method"][N]["input"]>;

/** What a call is answered with. */
export type CallAnswer<N extends CallName> = MessageShape<(typeof AgentService)["method"][N]["output"]>;
