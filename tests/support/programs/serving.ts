/**
 * Has a directory served by a virtiofsd, prints its socket, and waits. After a line of input it ends the virtiofsd, and prints how
 * that ended.
 *
 *     serving.js DIRECTORY PROGRAM
 */
import { once } from "node:events";
import { argv, stdin } from "node:process";
import { Virtiofsd } from "guestshare/vm";

const [directory = "", program = ""] = argv.slice(2);
const daemon = await Virtiofsd.start({ directory }, { program });
console.log(daemon.socket);
await once(stdin, "data");
await daemon.end();
console.log(JSON.stringify(await daemon.exited));
stdin.destroy();
