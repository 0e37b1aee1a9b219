import { openLibc } from "../linux/open-libc.ts";
import { traits } from "./generation.ts";
import type { GuestServer } from "./guest-server.ts";
import { checkGuestOptions, defaults, type EmbeddedGuestOptions } from "./options.ts";

/**
 * An agent without a guest, for tests and first steps: it writes copied files into a directory of this machine, by the rules of
 * one of the generations of Kata's agent. It answers CopyFile and nothing else.
 *
 * It never leaves its directory: a link on the way is refused, and so is a file that has another name, which may be outside.
 * Within the directory it does what the agent does: from 4.0 on, whatever is in the way is removed, with all below it except mounts,
 * and the directory itself gets another mode or owner. So give it a directory of its own.
 *
 * An agent is root. If this process is not, files stay its own, and files that it may not write to are refused.
 *
 * @example
 * ```ts
 * import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
 * import { connectAgent } from "guestshare/agent";
 * import { EmbeddedGuest, FilesystemShare } from "guestshare/host";
 *
 * mkdirSync("/run/guest");
 * writeFileSync("/run/greeting", "hello\n");
 * const guest = await EmbeddedGuest.serve("/run/guest", "/run/agent.sock", { generation: "3.3" });
 * const agent = await connectAgent(guest.address);
 * const share = new FilesystemShare({ id: "s1", sharedFs: "none" }, { agent });
 * const mount = { source: "/run/greeting", destination: "/etc/greeting" };
 * await share.shareFile({ id: "c1" }, mount, { random: "0011223344556677" });
 * await agent.close();
 * await guest.close();
 * console.log(guest.requests, readdirSync("/run/guest").join()); // 1 c1-0011223344556677-greeting
 * ```
 */
export class EmbeddedGuest {
  /** Where it listens, as `connectAgent` of guestshare/agent takes it. */
  readonly address: string;
  readonly #server: GuestServer;

  private constructor(server: GuestServer, socketPath: string) {
    this.#server = server;
    this.address = `unix://${socketPath}`;
  }

  /**
   * An agent that listens on a unix socket, whose path must not exist yet, and writes into a directory, which must. Any number of
   * clients may connect: all that may write to the socket.
   *
   * @throws {TypeError} for wrong options.
   * @throws {EmbeddedGuestError} for a missing directory, and a socket that cannot be made.
   */
  static async serve(
    directory: string,
    socketPath: string,
    options: EmbeddedGuestOptions = {},
  ): Promise<EmbeddedGuest> {
    checkGuestOptions(options);
    const { generation = defaults.generation, shareDir = defaults.shareDir, onRequest } = options;
    // Loaded here and not above: Protocol Buffers take longer to load than all of guestshare/host.
    const { GuestServer, openPlace } = await import("./guest-server.ts");
    const { sys, root } = openPlace(options.libc ?? (await openLibc()), directory);
    const server = await GuestServer.start(
      { sys, root, shareDir, traits: traits[generation] },
      socketPath,
      onRequest,
    );
    return new EmbeddedGuest(server, socketPath);
  }

  /** The number of CopyFile requests that arrived. */
  get requests(): number {
    return this.#server.requests;
  }

  /** Ends all connections, and waits for their end; open requests are not done. Closing again is fine. */
  close(): Promise<void> {
    return this.#server.close();
  }

  /** As `close`, at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
