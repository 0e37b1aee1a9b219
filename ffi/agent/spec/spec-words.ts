// The words that the agent can read. At any other it panics, and never answers.

const withPrefix = (prefix: string, words: string) => words.split(" ").map((word) => `${prefix}${word}`);

export const capabilities: readonly string[] = withPrefix(
  "CAP_",
  "AUDIT_CONTROL AUDIT_READ AUDIT_WRITE BLOCK_SUSPEND BPF CHECKPOINT_RESTORE CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID " +
    "IPC_LOCK IPC_OWNER KILL LEASE LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST " +
    "NET_RAW PERFMON SETFCAP SETGID SETPCAP SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE " +
    "SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG SYSLOG WAKE_ALARM",
);

export const rlimits: readonly string[] = withPrefix(
  "RLIMIT_",
  "AS CORE CPU DATA FSIZE LOCKS MEMLOCK MSGQUEUE NICE NOFILE NPROC RSS RTPRIO RTTIME SIGPENDING STACK",
);

export const seccompActions: readonly string[] = withPrefix(
  "SCMP_ACT_",
  "ALLOW ERRNO KILL KILL_PROCESS KILL_THREAD LOG NOTIFY TRACE TRAP",
);

export const seccompOperators: readonly string[] = withPrefix("SCMP_CMP_", "EQ GE GT LE LT MASKED_EQ NE");

export const seccompArchitectures: readonly string[] = withPrefix(
  "SCMP_ARCH_",
  "AARCH64 ARM MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 MIPSEL64N32 NATIVE PARISC PARISC64 PPC PPC64 PPC64LE RISCV64 S390 S390X " +
    "X32 X86 X86_64",
);

export const seccompFlags: readonly string[] = withPrefix(
  "SECCOMP_FILTER_FLAG_",
  "LOG SPEC_ALLOW TSYNC WAIT_KILLABLE_RECV",
);

export const deviceTypes: readonly string[] = ["b", "c", "p"];

/** Namespaces that a container has in a guest. */
export const guestNamespaces: readonly string[] = ["mount", "uts", "ipc", "user"];

/** Namespaces that it has not: the guest is its own, and the agent adds a PID namespace. */
export const otherNamespaces: readonly string[] = ["pid", "network", "cgroup", "time"];

/** The devices that the agent makes in each container. */
export const agentDevices: readonly string[] = "null zero full tty urandom random"
  .split(" ")
  .map((name) => `/dev/${name}`);

const sysctls = "msgmax msgmnb msgmni sem shmall shmmax shmmni shm_rmid_forced domainname"
  .split(" ")
  .map((name) => `kernel.${name}`);

/** Whether the agent sets it for one container. */
export function isSysctl(name: string): boolean {
  return sysctls.includes(name) || name.startsWith("fs.mqueue.") || name.startsWith("net.");
}
