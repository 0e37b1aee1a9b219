// The job of mounts.ts in C: the same system calls in the same order with the same checks, and so the same mounts.
// What the class does beside them (planning, queues, undoing) is not here: this is the floor that it stands on.
#define _GNU_SOURCE
#include "rounds.h"
#include "calls.h"

static char host_path[4096];

struct lock { int parent, fd; };

// ffi/linux/lock.ts
static struct lock take_lock(int make) {
  if (make && access(host_path, F_OK) == -1) must(mkdir(host_path, 0700), "mkdir");
  struct lock lock = {.parent = open_path(host_path)};
  if (make) must(syscall(SYS_mkdirat, lock.parent, "s1", 0700), "mkdirat");
  lock.fd = open_directory(lock.parent, "s1", O_RDONLY);
  must(syscall(SYS_flock, lock.fd, LOCK_EX | LOCK_NB), "flock");
  struct statx now = stat_at(lock.parent, "s1"), held = stat_at(lock.fd, "");
  check(is_same_file(&now, &held), "the name is the locked directory");
  return lock;
}

static void release(struct lock lock) {
  close_fd(lock.fd);
  close_fd(lock.parent);
}

// ffi/linux/guard.ts, isGuard: what it shows of its filesystem is what it covers.
static int is_guard(const struct statx *file) {
  struct mount mount, below;
  if (!stat_mount(file->stx_mnt_id, &mount) || !stat_mount(mount.parent, &below)) return 0;
  const char *root = below.text + below.root, *over = below.text + below.point;
  char covered[8192];
  size_t skipped = strcmp(over, "/") == 0 ? 0 : strlen(over);
  const char *rest = mount.text + mount.point + skipped;
  snprintf(covered, sizeof covered, "%s%s", strcmp(root, "/") == 0 ? "" : root, rest);
  return strcmp(mount.text + mount.root, covered) == 0;
}

// ffi/linux/reach.ts: what is mounted on the way is looked at, too.
static int enter_sandbox(int parent) {
  int fd = open_directory(parent, "s1", O_PATH);
  struct statx found = stat_at(fd, "");
  check(!is_mount_root(&found) || is_guard(&found), "a guard is mounted, or nothing");
  return fd;
}

static int enter_hub(int sandbox) {
  int fd = open_directory(sandbox, "mounts", O_PATH);
  struct statx found = stat_at(fd, "");
  struct mount mount;
  check(is_mount_root(&found) && stat_mount(found.stx_mnt_id, &mount), "the hub is mounted");
  check(!strcmp(mount.text + mount.fstype, "tmpfs") && mount.propagation == MS_SHARED, "it is a hub");
  return fd;
}

// ffi/linux/guard.ts
static void make_guard(int parent) {
  struct statx found = stat_at(parent, "s1");
  check(!is_mount_root(&found), "nothing is mounted yet");
  int fd = open_directory(parent, "s1", O_PATH);
  int tree = clone_tree(fd, 0, MS_PRIVATE);
  attach(tree, parent, "s1");
  set(tree, 0, 0, MS_UNBINDABLE);
  close_fd(tree);
  close_fd(fd);
}

// ffi/linux/directory.ts, makeDirectory
static void make_directory(int parent, const char *name, int mode) {
  must(syscall(SYS_mkdirat, parent, name, mode), "mkdirat");
  must(syscall(SYS_fchmodat, parent, name, mode), "fchmodat");
}

// ffi/linux/hub.ts
static void make_hub(int sandbox) {
  struct statx found = stat_at(sandbox, "mounts");
  check(!is_mount_root(&found), "no hub is there yet");
  int tree = make_tmpfs("guestshare", "750", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  set(tree, 0, 0, MS_SHARED);
  attach(tree, sandbox, "mounts");
  close_fd(tree);
}

static void make_view(int sandbox) {
  int hub = open_directory(sandbox, "mounts", O_PATH);
  struct statx source = stat_at(hub, ""), found = stat_at(sandbox, "shared");
  check(is_mount_root(&source) && !is_mount_root(&found), "a hub is there, and no view yet");
  int tree = must(syscall(NR_open_tree, hub, "", CLONE | AT_RECURSIVE), "open_tree");
  set(tree, 0, MOUNT_ATTR_RDONLY, 0);
  set(tree, 1, 0, MS_SLAVE);
  attach(tree, sandbox, "shared");
  close_fd(tree);
  close_fd(hub);
}

static void prepare(void) {
  struct lock lock = take_lock(1);
  make_guard(lock.parent);
  int sandbox = enter_sandbox(lock.parent);
  make_directory(sandbox, "mounts", 0750);
  make_directory(sandbox, "shared", 0700);
  make_hub(sandbox);
  make_view(sandbox);
  close_fd(sandbox);
  release(lock);
}

// ffi/linux/source.ts: what it found out about a mount holds as long as the mount's unique id.
static void judge(const struct statx *file) {
  static __u64 judged;
  check(!S_ISCHR(file->stx_mode) && !S_ISBLK(file->stx_mode), "the source is no device");
  check(file->stx_mask & STATX_MNT_ID_UNIQUE, "the kernel has unique mount ids");
  if (judged == file->stx_mnt_id) return;
  struct mount mount;
  __u64 id = file->stx_mnt_id;
  for (int first = 1; stat_mount(id, &mount); first = 0, id = mount.parent) {
    const char *fstype = mount.text + mount.fstype;
    int is_shareable = strcmp(fstype, "autofs") && strcmp(fstype, "proc") && strcmp(fstype, "sysfs");
    check(!first || is_shareable, "the source's filesystem can be shared");
    check(mount.propagation != MS_UNBINDABLE, "the source is in no guard");
    if (mount.parent == id) break;
  }
  judged = file->stx_mnt_id;
}

// ffi/linux/bind.ts
static void share_file(int hub, int number) {
  char path[4096], name[256];
  snprintf(path, sizeof path, "%s/sources/f%d", directory, number);
  snprintf(name, sizeof name, "c1-%016x-f%d", number, number);
  int source = open_path(path);
  struct statx file = stat_at(source, "");
  judge(&file);
  int tree = clone_tree(source, MOUNT_ATTR_RDONLY, MS_PRIVATE);
  check(!S_ISDIR(file.stx_mode), "the source is a file");
  must(syscall(SYS_mknodat, hub, name, S_IFSOCK, 0), "mknodat");
  attach(tree, hub, name);
  close_fd(tree);
  close_fd(source);
}

// ffi/turns.ts: calls that were started together share one hold of the lock, and ffi/linux/reach.ts one way to the hub.
static void share_files(void) {
  struct lock lock = take_lock(0);
  int sandbox = enter_sandbox(lock.parent), hub = enter_hub(sandbox);
  for (int i = 0; i < shares; i++) share_file(hub, i);
  close_fd(sandbox);
  close_fd(hub);
  release(lock);
}

static void add(void) {
  snprintf(host_path, sizeof host_path, "%s/host", directory);
  prepare();
  share_files();
}

// ffi/linux/unmount.ts, unmountGuard
static void unmount_guard(int parent) {
  char path[64];
  struct statx found = stat_at(parent, "s1");
  check(is_mount_root(&found) && is_guard(&found), "the guard is mounted");
  snprintf(path, sizeof path, "/proc/self/fd/%d/s1", parent);
  must(syscall(SYS_umount2, path, DETACH_NOFOLLOW), "umount2");
}

static void unmount_none(int parent, const char *name) {
  struct statx found = stat_at(parent, name);
  check(!is_mount_root(&found), "it went with the guard");
}

static void remove_directory(int parent, const char *name) {
  struct statx found = stat_at(parent, name);
  check(S_ISDIR(found.stx_mode), "a directory is to be removed");
  must(syscall(SYS_unlinkat, parent, name, AT_REMOVEDIR), "unlinkat");
}

static void cleanup(void) {
  struct lock lock = take_lock(0);
  unmount_guard(lock.parent);
  int sandbox = enter_sandbox(lock.parent);
  unmount_none(sandbox, "shared");
  unmount_none(sandbox, "mounts");
  remove_directory(sandbox, "shared");
  remove_directory(sandbox, "mounts");
  close_fd(sandbox);
  remove_directory(lock.parent, "s1");
  release(lock);
}

int main(int argc, char **argv) { return run(argc, argv, add, cleanup); }
