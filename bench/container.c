// The job of mounts.ts with one container, in C: as ours.c, the same system calls in the same order with the same checks.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"
#include "share.h"
#include "sandbox.h"

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
static void see_sources(void) {
  (void)!access("/run/kata-containers/shared/direct-volumes", F_OK);
  __u64 known = 0;
  struct mount mount;
  for (int i = 0; i < shares; i++) {
    int fd = open_cached(source_of(i));
    struct statx file = stat_at(fd, "");
    if (file.stx_mnt_id != known) check(stat_mount(file.stx_mnt_id, &mount), "the source is on a mount");
    known = file.stx_mnt_id;
    close_fd(fd);
  }
}

// ffi/linux/held.ts: which shares of several containers there are already, with users or without.
static void see_held(void) {
  char path[sizeof host_path + 3], names[32768];
  struct mount mount;
  snprintf(path, sizeof path, "%s/s1", host_path);
  int sandbox = open_path(path), hub = open_directory(sandbox, "mounts", O_RDONLY);
  struct statx found = stat_at(hub, "");
  check(is_mount_root(&found) && stat_mount(found.stx_mnt_id, &mount), "the hub is mounted");
  int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  check(syscall(SYS_openat, hub, ".users", flags, 0) == -1 && errno == ENOENT, "nobody uses a share yet");
  while (must(syscall(SYS_getdents64, hub, names, sizeof names), "getdents64") > 0);
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
  bind_source(path, container, "rootfs", 0);
  close_fd(container);
}

// ffi/linux/users.ts
static void use(int users, const char *name) {
  must(syscall(SYS_mkdirat, users, name, 0700), "mkdirat");
  int fd = open_directory(users, name, O_PATH);
  must(syscall(SYS_mknodat, fd, "c1", S_IFREG | 0600, 0), "mknodat");
  close_fd(fd);
}

static void share_container(void) {
  see_sources();
  struct lock lock = take_lock(0);
  see_held();
  int sandbox = enter_sandbox(lock.parent), hub = enter_hub(sandbox);
  share_root(hub);
  make_directory(hub, ".users", 0700);
  int users = enter_directory(hub, ".users");
  for (int i = 0; i < shares; i++) use(users, share_of(i));
  close_fd(users);
  for (int i = 0; i < shares; i++) bind_source(source_of(i), hub, share_of(i), MOUNT_ATTR_RDONLY);
  close_fd(sandbox);
  close_fd(hub);
  release(lock);
}

static void add(void) {
  prepare();
  share_container();
}

int main(int argc, char **argv) { return run(argc, argv, add, cleanup); }
