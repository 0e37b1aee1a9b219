// What the jobs with one container have in common.
static const char *source_of(int number) {
  static char path[4096];
  snprintf(path, sizeof path, "%s/sources/f%d", directory, number);
  return path;
}

static const char *share_of(int number) {
  static char name[256];
  snprintf(name, sizeof name, "sandbox-%016x-f%d", number, number);
  return name;
}

// ffi/facts.ts and ffi/linux/source-facts.ts: a mount is asked about once in a call. A host that has direct volumes makes the
// class look whether each source is one; here none is.
enum { MOST_KEPT = 128 };
static struct source kept[MOST_KEPT];

static void see_sources(void) {
  (void)!access("/run/kata-containers/shared/direct-volumes", F_OK);
  __u64 known = 0;
  struct mount mount;
  for (int i = 0; i < shares; i++) {
    struct source source = open_source(source_of(i));
    if (source.file.stx_mnt_id != known) check(stat_mount(source.file.stx_mnt_id, &mount), "the source is on a mount");
    known = source.file.stx_mnt_id;
    if (i < MOST_KEPT) kept[i] = source;
    else close_later(source.fd);
  }
}

// ffi/linux/held.ts: which shares of several containers there are already, with users or without.
static void see_held(void) {
  char path[sizeof host_path + 3];
  struct mount mount;
  snprintf(path, sizeof path, "%s/s1", host_path);
  int sandbox = open_path(path), hub = open_directory(sandbox, "mounts", O_RDONLY);
  struct statx found = stat_at(hub, "");
  check(is_mount_root(&found) && stat_mount(found.stx_mnt_id, &mount), "the hub is mounted");
  int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  check(syscall(SYS_openat, hub, ".users", flags, 0) == -1 && errno == ENOENT, "nobody uses a share yet");
  close_fd(hub);
  close_fd(sandbox);
}

// ffi/linux/reach.ts: a directory in the hub on which nothing is mounted.
static int enter_directory(int hub, const char *name) {
  int fd = open_directory(hub, name, O_PATH);
  struct statx found = stat_at(fd, "");
  check(!is_mount_root(&found), "it is a directory of the hub");
  return fd;
}

static void share_root(int hub) {
  char path[4096];
  snprintf(path, sizeof path, "%s/rootfs", directory);
  make_directory(hub, "c1", 0750);
  int container = enter_directory(hub, "c1");
  bind_source(open_source(path), container, "rootfs", 0);
  close_fd(container);
}

// ffi/linux/users.ts
static void use(int users, const char *name) {
  char user[300];
  must(syscall(SYS_mkdirat, users, name, 0700), "mkdirat");
  snprintf(user, sizeof user, "%s/c1", name);
  must(syscall(SYS_mknodat, users, user, S_IFREG | 0600, 0), "mknodat");
}

static void obey_container(void) {
  struct lock lock = take_lock(0);
  see_held();
  int sandbox = enter_sandbox(lock), hub = enter_hub(sandbox);
  share_root(hub);
  make_directory(hub, ".users", 0700);
  int users = enter_directory(hub, ".users");
  for (int i = 0; i < shares; i++) use(users, share_of(i));
  close_fd(users);
  for (int i = 0; i < shares; i++) bind_source(i < MOST_KEPT ? kept[i] : open_source(source_of(i)), hub, share_of(i), MOUNT_ATTR_RDONLY);
  close_later(hub);
  release(lock);
}

static void share_container(void) {
  see_sources();
  obey_container();
}

// ffi/linux/hub-shares.ts: which shares the container has, and which of those have no other user. A directory of a tmpfs has 20
// bytes for each entry, and for "." and "..".
static int has_alone(int users, const char *name) {
  char user[300];
  struct statx of_share = stat_at(users, name);
  snprintf(user, sizeof user, "%s/c1", name);
  stat_at(users, user);
  return of_share.stx_size == 20 * 3;
}

static void see_own(int *alone) {
  char path[sizeof host_path + 3], names[32768];
  struct mount mount;
  snprintf(path, sizeof path, "%s/s1", host_path);
  int sandbox = open_path(path), hub = open_directory(sandbox, "mounts", O_RDONLY);
  struct statx found = stat_at(hub, "");
  check(is_mount_root(&found) && stat_mount(found.stx_mnt_id, &mount), "the hub is mounted");
  int users = open_directory(hub, ".users", O_RDONLY);
  while (must(syscall(SYS_getdents64, users, names, sizeof names), "getdents64") > 0);
  for (int i = 0; i < shares; i++) alone[i] = has_alone(users, share_of(i));
  close_fd(users);
  while (must(syscall(SYS_getdents64, hub, names, sizeof names), "getdents64") > 0);
  close_fd(hub);
  close_fd(sandbox);
}

// ffi/linux/unmount.ts and placeholder.ts
static void unmount_share(int parent, const char *name) {
  char path[300];
  snprintf(path, sizeof path, "/proc/self/fd/%d/%s", parent, name);
  must(syscall(SYS_umount2, path, DETACH_NOFOLLOW), "umount2");
  struct statx placeholder = stat_at(parent, name);
  int is_directory = S_ISDIR(placeholder.stx_mode);
  check(is_directory || S_ISSOCK(placeholder.stx_mode), "it is a placeholder");
  must(syscall(SYS_unlinkat, parent, name, is_directory ? AT_REMOVEDIR : 0), "unlinkat");
}

static void unuse(int users, const char *name) {
  int fd = open_directory(users, name, O_PATH);
  must(syscall(SYS_unlinkat, fd, "c1", 0), "unlinkat");
  close_fd(fd);
  check(syscall(SYS_unlinkat, users, name, AT_REMOVEDIR) == 0 || errno == ENOTEMPTY, "it had users");
}

static void unshare_container(void) {
  int *alone = calloc(shares, sizeof *alone);
  struct lock lock = take_lock(0);
  see_own(alone);
  int sandbox = enter_sandbox(lock), hub = enter_hub(sandbox), users = enter_directory(hub, ".users");
  struct statx none;
  check(syscall(SYS_statx, lock.parent, "s1/mounts/.remote", 0, STATX_BASIC_STATS, &none) == -1, "no server");
  for (int i = 0; i < shares; i++) {
    if (alone[i]) unmount_share(hub, share_of(i));
    unuse(users, share_of(i));
  }
  int container = enter_directory(hub, "c1");
  unmount_share(container, "rootfs");
  close_fd(container);
  must(syscall(SYS_unlinkat, hub, "c1", AT_REMOVEDIR), "unlinkat");
  close_fd(users);
  close_later(hub);
  release(lock);
  free(alone);
}
