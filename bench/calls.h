// The system calls that ours.c makes, with the flags and sizes of ffi/linux/syscalls.ts and structs.ts.
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>

// Numbers and flags that headers have not had for long. Calls are numbered alike everywhere from 424 on.
#define NR_open_tree 428
#define NR_move_mount 429
#define NR_fsopen 430
#define NR_fsconfig 431
#define NR_fsmount 432
#define NR_close_range 436
#define NR_openat2 437
#define NR_mount_setattr 442
#define NR_statmount 457
#define NR_open_tree_attr 467
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000
#endif
#define DETACH_NOFOLLOW (2 | 8) // MNT_DETACH | UMOUNT_NOFOLLOW, which are in sys/mount.h only

enum { CLONE = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH };

static int open_path(const char *path) {
  return must(syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC, 0), "openat");
}

// A source, if it is cached: no server is asked.
static int open_cached(const char *path) {
  struct { unsigned long long flags, mode, resolve; } how = {O_PATH | O_CLOEXEC, 0, 0x20 /* RESOLVE_CACHED */};
  long fd = syscall(NR_openat2, AT_FDCWD, path, &how, sizeof how);
  return fd == -1 && errno == EAGAIN ? open_path(path) : must(fd, "openat2");
}

static int open_directory(int parent, const char *name, int flags) {
  int all = flags | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  return must(syscall(SYS_openat, parent, name, all, 0), "openat");
}

static void close_fd(int fd) { syscall(SYS_close, fd); }

// ffi/linux/counted-calls.ts: descriptors wait to be closed with others whose numbers follow.
enum { MOST_LATE = 32 };
static int late[MOST_LATE], late_count;

static int compare_numbers(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static void close_late(void) {
  qsort(late, late_count, sizeof *late, compare_numbers);
  for (int from = 0, to; from < late_count; from = to) {
    for (to = from + 1; to < late_count && late[to] == late[to - 1] + 1;) to++;
    if (to - from == 1) close_fd(late[from]);
    else must(syscall(NR_close_range, late[from], late[to - 1], 0), "close_range");
  }
  late_count = 0;
}

static void close_later(int fd) {
  late[late_count++] = fd;
  if (late_count == MOST_LATE) close_late();
}

// An empty name asks about the descriptor itself.
static struct statx stat_at(int parent, const char *name) {
  struct statx file;
  int flags = (*name ? AT_SYMLINK_NOFOLLOW : AT_EMPTY_PATH) | AT_STATX_DONT_SYNC;
  unsigned mask = STATX_BASIC_STATS | STATX_MNT_ID | STATX_MNT_ID_UNIQUE;
  must(syscall(SYS_statx, parent, name, flags, mask, &file), "statx");
  return file;
}

static int is_mount_root(const struct statx *file) {
  return (file->stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

static int is_same_file(const struct statx *a, const struct statx *b) {
  return a->stx_ino == b->stx_ino && a->stx_dev_major == b->stx_dev_major &&
         a->stx_dev_minor == b->stx_dev_minor;
}

static void set(int fd, int recursive, __u64 attributes, __u64 propagation) {
  struct mount_attr attr = {.attr_set = attributes, .propagation = propagation};
  int flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0);
  must(syscall(NR_mount_setattr, fd, "", flags, &attr, sizeof attr), "mount_setattr");
}

static int clone_trees(int fd, unsigned depth, __u64 attributes, __u64 propagation) {
  static int is_old; // Linux before 6.15 has no open_tree_attr
  struct mount_attr attr = {.attr_set = attributes, .propagation = propagation};
  if (!is_old) {
    long tree = syscall(NR_open_tree_attr, fd, "", CLONE | depth, &attr, sizeof attr);
    if (tree != -1 || errno != ENOSYS) return must(tree, "open_tree_attr");
    is_old = 1;
  }
  int tree = must(syscall(NR_open_tree, fd, "", CLONE | depth), "open_tree");
  set(tree, depth != 0, attributes, propagation);
  return tree;
}

static int clone_tree(int fd, __u64 attributes, __u64 propagation) {
  return clone_trees(fd, 0, attributes, propagation);
}

static void attach(int tree, int parent, const char *name) {
  must(syscall(NR_move_mount, tree, "", parent, name, MOVE_MOUNT_F_EMPTY_PATH), "move_mount");
}

static int make_tmpfs(const char *source, const char *mode, unsigned attributes) {
  int fs = must(syscall(NR_fsopen, "tmpfs", FSOPEN_CLOEXEC), "fsopen");
  must(syscall(NR_fsconfig, fs, FSCONFIG_SET_STRING, "source", source, 0), "fsconfig");
  must(syscall(NR_fsconfig, fs, FSCONFIG_SET_STRING, "mode", mode, 0), "fsconfig");
  must(syscall(NR_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0), "fsconfig");
  int tree = must(syscall(NR_fsmount, fs, FSMOUNT_CLOEXEC, attributes), "fsmount");
  close_fd(fs);
  return tree;
}

// struct statmount, as far as ffi/linux/mount-table.ts reads it: the strings are at their offsets in `text`.
struct mount {
  __u32 size, spare0;
  __u64 mask;
  __u32 dev_major, dev_minor;
  __u64 magic;
  __u32 flags, fstype;
  __u64 id, parent;
  __u32 id_old, parent_old;
  __u64 attributes, propagation, peer_group, master, from;
  __u32 root, point;
  __u64 spare[50];
  char text[4096 - 512];
};
_Static_assert(sizeof(struct mount) == 4096, "text begins at 512");

// Whether there is such a mount in this namespace.
static int stat_mount(__u64 id, struct mount *mount) {
  // struct mnt_id_req; asked for are MNT_BASIC, MNT_ROOT, MNT_POINT and FS_TYPE
  struct { __u32 size, spare; __u64 id, asked; } request = {24, 0, id, 0x2 | 0x8 | 0x10 | 0x20};
  return syscall(NR_statmount, &request, mount, sizeof *mount, 0) == 0;
}
