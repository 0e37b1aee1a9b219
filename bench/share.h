// What both jobs in C do to share something in a prepared sandbox: the lock, the way to the hub, and a bind. The comments name
// the files that make these calls in TypeScript.
static char host_path[4096];

struct lock { int parent, fd; struct statx found; };

// ffi/linux/lock.ts
static struct lock take_lock(int make) {
  if (make && access(host_path, F_OK) == -1) must(mkdir(host_path, 0700), "mkdir");
  struct lock lock = {.parent = open_path(host_path)};
  if (make) must(syscall(SYS_mkdirat, lock.parent, "s1", 0700), "mkdirat");
  lock.fd = open_directory(lock.parent, "s1", O_RDONLY);
  must(syscall(SYS_flock, lock.fd, LOCK_EX | LOCK_NB), "flock");
  struct statx now = stat_at(lock.parent, "s1"), held = stat_at(lock.fd, "");
  check(is_same_file(&now, &held), "the name is the locked directory");
  lock.found = now;
  return lock;
}

static void release(struct lock lock) {
  close_later(lock.fd);
  close_later(lock.parent);
  close_late();
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
static int enter_directory_of(int parent, const char *name) {
  int fd = open_directory(parent, name, O_PATH);
  struct statx found = stat_at(fd, "");
  check(!is_mount_root(&found) || is_guard(&found), "a guard is mounted, or nothing");
  return fd;
}

// The lock's descriptor is of the sandbox's directory already.
static int enter_sandbox(struct lock lock) {
  check(!is_mount_root(&lock.found) || is_guard(&lock.found), "a guard is mounted, or nothing");
  return lock.fd;
}

static int enter_hub(int sandbox) {
  int fd = open_directory(sandbox, "mounts", O_PATH);
  struct statx found = stat_at(fd, "");
  struct mount mount;
  check(is_mount_root(&found) && stat_mount(found.stx_mnt_id, &mount), "the hub is mounted");
  check(!strcmp(mount.text + mount.fstype, "tmpfs") && mount.propagation == MS_SHARED, "it is a hub");
  return fd;
}

// ffi/linux/directory.ts, makeDirectory
static void make_directory(int parent, const char *name, int mode) {
  must(syscall(SYS_mkdirat, parent, name, mode), "mkdirat");
  struct statx made = stat_at(parent, name);
  check(S_ISDIR(made.stx_mode) && (made.stx_mode & 07777) == mode, "the umask leaves the mode alone");
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

// ffi/linux/kept-sources.ts: a source that stays open from the look at it to its share.
struct source { int fd; struct statx file; };

static struct source open_source(const char *path) {
  struct source source = {.fd = open_cached(path)};
  source.file = stat_at(source.fd, "");
  return source;
}

// ffi/linux/bind.ts
static void bind_source(struct source opened, int parent, const char *name, unsigned attributes) {
  int source = opened.fd;
  struct statx file = opened.file;
  judge(&file);
  int tree = clone_tree(source, attributes, MS_PRIVATE);
  if (S_ISDIR(file.stx_mode)) must(syscall(SYS_mkdirat, parent, name, 0), "mkdirat");
  else must(syscall(SYS_mknodat, parent, name, S_IFSOCK, 0), "mknodat");
  attach(tree, parent, name);
  close_later(tree);
  close_later(source);
}
