// What both jobs in C do before and after: prepare and cleanup.
// ffi/linux/guard.ts
static void make_guard(struct lock lock) {
  struct statx found = stat_at(lock.parent, "s1");
  check(!is_mount_root(&found), "nothing is mounted yet");
  int tree = clone_tree(lock.fd, 0, MS_PRIVATE);
  attach(tree, lock.parent, "s1");
  set(tree, 0, 0, MS_UNBINDABLE);
  close_fd(tree);
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
  int tree = clone_trees(hub, AT_RECURSIVE, 0, MS_SLAVE);
  set(tree, 0, MOUNT_ATTR_RDONLY, 0);
  attach(tree, sandbox, "shared");
  close_fd(tree);
  close_fd(hub);
}

static void prepare(void) {
  snprintf(host_path, sizeof host_path, "%s/host", directory);
  struct lock lock = take_lock(1);
  make_guard(lock);
  int sandbox = enter_directory_of(lock.parent, "s1");
  make_directory(sandbox, "mounts", 0750);
  make_directory(sandbox, "shared", 0700);
  make_hub(sandbox);
  make_view(sandbox);
  close_later(sandbox);
  release(lock);
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
  int sandbox = enter_directory_of(lock.parent, "s1");
  unmount_none(sandbox, "shared");
  unmount_none(sandbox, "mounts");
  remove_directory(sandbox, "shared");
  remove_directory(sandbox, "mounts");
  close_fd(sandbox);
  remove_directory(lock.parent, "s1");
  release(lock);
}
