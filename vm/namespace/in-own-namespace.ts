import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readlinkSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

// Handed to the inner process: the namespace outside, and a directory for it to mount its scratch space on.
const OUTSIDE = "GUESTSHARE_OUTSIDE_NAMESPACE";
const SCRATCH = "GUESTSHARE_SCRATCH";

const TELLING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Runs this program's `work` in a mount namespace of its own, an ordinary user's also in a user namespace, with a scratch
 * directory on a tmpfs that goes with it. The caller's namespace is never touched.
 */
export async function inOwnNamespace(work: (scratch: string) => Promise<void>): Promise<void> {
  const outside = process.env[OUTSIDE];
  const scratch = process.env[SCRATCH];
  try {
    if (outside === undefined || scratch === undefined) {
      process.exitCode = await runInside();
      return;
    }
    if (outside === ownNamespace()) throw new Error("Cannot mount here: this is not a namespace of its own");
    execFileSync("mount", ["-t", "tmpfs", "-o", "mode=0700", "guestshare-scratch", scratch]);
    await work(scratch);
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

async function runInside(): Promise<number> {
  const scratch = mkdtempSync(join(tmpdir(), "guestshare-"));
  const user = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const args = [...user, "--mount", "--propagation", "private", process.execPath, ...process.argv.slice(1)];
  const env = { ...process.env, [OUTSIDE]: ownNamespace(), [SCRATCH]: scratch };
  const { status, told } = await unshare(args, env).finally(() => rmdirSync(scratch));
  if (told !== undefined) process.kill(process.pid, told);
  else if (status !== 0) console.error(`Cannot run in a namespace of its own: ${hint(user.length > 0)}`);
  return status ?? 1;
}

/** How the inner process ended, and the signal that told this one to end, which waits for it. */
async function unshare(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ status: number | null; told?: NodeJS.Signals | undefined }> {
  const inner = spawn("unshare", args, { env, stdio: "inherit" });
  let told: NodeJS.Signals | undefined;
  const passOn = (signal: NodeJS.Signals) => {
    told = signal;
    inner.kill(signal);
  };
  for (const name of TELLING) process.on(name, passOn);
  try {
    const [status] = await once(inner, "close");
    return { status, told };
  } catch (cause) {
    throw new Error("Cannot start unshare, which util-linux has", { cause });
  } finally {
    for (const name of TELLING) process.off(name, passOn);
  }
}

function hint(isUser: boolean): string {
  return isUser
    ? "see above; where this system forbids user namespaces, run as root"
    : "see above; it takes CAP_SYS_ADMIN";
}

function ownNamespace(): string {
  return readlinkSync("/proc/self/ns/mnt");
}
