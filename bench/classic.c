// The job of mounts.ts as Kata Containers does it (fs_share_linux.go and mount.go), in C: its system calls, without its
// language's cost. Names are by a counter, where the original rolls dice.
#define _GNU_SOURCE
#include "rounds.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

enum { PATH_BYTES = 4096 };

static const char *under(char *path, const char *sandbox_path) {
  snprintf(path, PATH_BYTES, "%s/host/s1/%s", directory, sandbox_path);
  return path;
}

static const char *share_under(char *path, const char *room, int number) {
  snprintf(path, PATH_BYTES, "%s/host/s1/%s/c1-%016x-f%d", directory, room, number, number);
  return path;
}

// Go's os.MkdirAll looks before it makes.
static void make_directories(const char *path, int mode) {
  struct stat found;
  if (stat(path, &found) == 0 && S_ISDIR(found.st_mode)) return;
  char above[PATH_BYTES];
  snprintf(above, sizeof above, "%.*s", (int)(strrchr(path, '/') - path), path);
  make_directories(above, mode);
  must(mkdir(path, mode), "mkdir");
}

// ensureDestinationExists: the target is made after its source's kind.
static void make_target(const char *source, const char *target) {
  struct stat file;
  char parent[PATH_BYTES];
  must(stat(source, &file), "stat");
  snprintf(parent, sizeof parent, "%.*s", (int)(strrchr(target, '/') - target), target);
  make_directories(parent, 0755);
  if (S_ISDIR(file.st_mode)) check(mkdir(target, 0755) == 0 || errno == EEXIST, "the target was made");
  else close(must(open(target, O_RDONLY | O_CREAT | O_CLOEXEC, 0755), "open"));
}

// bindMount: bound first, then made what it is to be.
static void bind_mount(const char *source, const char *target, int read_only, unsigned long propagation) {
  char resolved[PATH_BYTES];
  check(realpath(source, resolved) != NULL, "the source is there");
  make_target(resolved, target);
  must(mount(resolved, target, "bind", MS_BIND, ""), "mount");
  must(mount("none", target, "", propagation, ""), "mount");
  if (read_only) must(mount(resolved, target, "bind", MS_BIND | MS_REMOUNT | MS_RDONLY, ""), "mount");
}

// Prepare
static void prepare(void) {
  char view[PATH_BYTES], hub[PATH_BYTES];
  make_directories(under(view, "shared"), 0700);
  make_directories(under(hub, "mounts"), 0750);
  bind_mount(hub, view, 1, MS_SLAVE);
}

// ShareFile: made read-only in private/ first, because a remount does not reach the view.
static void share_file(int number) {
  char source[PATH_BYTES], private[PATH_BYTES], target[PATH_BYTES];
  snprintf(source, sizeof source, "%s/sources/f%d", directory, number);
  share_under(private, "private", number);
  bind_mount(source, private, 1, MS_PRIVATE);
  bind_mount(private, share_under(target, "mounts", number), 0, MS_PRIVATE);
  must(umount2(private, MNT_DETACH | UMOUNT_NOFOLLOW), "umount2");
}

static void add(void) {
  prepare();
  for (int i = 0; i < shares; i++) share_file(i);
}

// UnshareFile
static void unshare_file(int number) {
  char target[PATH_BYTES];
  struct stat placeholder;
  share_under(target, "mounts", number);
  must(umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW), "umount2");
  must(stat(target, &placeholder), "stat");
  check(S_ISREG(placeholder.st_mode) && placeholder.st_size == 0, "an empty file is to be removed");
  must(unlink(target), "unlink");
}

// os.RemoveAll, of a directory with files: the placeholders in private/ were never removed.
static void remove_all(const char *path) {
  DIR *files = opendir(path);
  check(files != NULL, "the directory is there");
  for (struct dirent *file; (file = readdir(files));) {
    if (file->d_name[0] != '.') must(unlinkat(dirfd(files), file->d_name, 0), "unlinkat");
  }
  closedir(files);
  must(rmdir(path), "rmdir");
}

// Each share as its container goes; then Cleanup.
static void take_away(void) {
  char path[PATH_BYTES];
  for (int i = 0; i < shares; i++) unshare_file(i);
  must(umount2(under(path, "shared"), MNT_DETACH | UMOUNT_NOFOLLOW), "umount2");
  remove_all(under(path, "private"));
  must(rmdir(under(path, "mounts")), "rmdir");
  must(rmdir(under(path, "shared")), "rmdir");
  must(rmdir(under(path, "")), "rmdir");
}

int main(int argc, char **argv) { return run(argc, argv, add, take_away); }
