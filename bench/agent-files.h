// What an agent does with a CopyFile request, as Kata's does it from version 4.0 on: missing directories are made, what has
// the name goes, a file is written under a temporary name until it is whole. Functions give -1 and errno, as libc's do.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SHARED "/run/kata-containers/shared/containers/"

enum { DIRECTORY = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static int root; // stands for SHARED

// Closes a descriptor, and leaves errno as it is.
static int close_after(int fd, int result) {
  int error = errno;
  close(fd);
  errno = error;
  return result;
}

static int is_way_up(const char *name) {
  if (strcmp(name, "..") != 0) return 0;
  errno = EXDEV;
  return 1;
}

static int enter(int parent, const char *name, const struct copy *copy) {
  if (is_way_up(name)) return -1;
  if (mkdirat(parent, name, copy->dir_mode & 0777) < 0 && errno != EEXIST) return -1;
  return openat(parent, name, DIRECTORY);
}

// The directory that a path is in, and its last name.
static int parent_of(char *path, const struct copy *copy, char **name) {
  int directory = openat(root, ".", DIRECTORY);
  for (char *slash; directory >= 0 && (slash = strchr(path, '/')); path = slash + 1) {
    *slash = 0;
    directory = close_after(directory, enter(directory, path, copy));
  }
  *name = path;
  if (directory < 0) return -1;
  if (is_way_up(path) || fchown(directory, (uid_t)copy->uid, (gid_t)copy->gid) < 0) return close_after(directory, -1);
  return directory;
}

static int remove_all(int parent, const char *name) {
  if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
  if (errno != EISDIR) return -1;
  int fd = openat(parent, name, DIRECTORY);
  DIR *directory = fd < 0 ? NULL : fdopendir(fd);
  if (!directory) return -1;
  for (struct dirent *entry; (entry = readdir(directory));)
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) remove_all(fd, entry->d_name);
  closedir(directory);
  return unlinkat(parent, name, AT_REMOVEDIR);
}

static int set_mode_and_owner(int fd, const struct copy *copy) {
  if (fchmod(fd, copy->file_mode & 07777) < 0) return -1;
  return fchown(fd, (uid_t)copy->uid, (gid_t)copy->gid);
}

static int write_directory(int parent, const char *name, const struct copy *copy) {
  if (unlinkat(parent, name, 0) < 0 && errno != ENOENT && errno != EISDIR) return -1;
  if (mkdirat(parent, name, copy->file_mode & 0777) < 0 && errno != EEXIST) return -1;
  int fd = openat(parent, name, DIRECTORY);
  return fd < 0 ? -1 : close_after(fd, set_mode_and_owner(fd, copy));
}

static int write_link(int parent, const char *name, const struct copy *copy) {
  char target[4097];
  if (copy->data.length >= sizeof target) { errno = ENAMETOOLONG; return -1; }
  memcpy(target, copy->data.at, copy->data.length);
  target[copy->data.length] = 0;
  if (symlinkat(target, parent, name) < 0) return -1;
  return fchownat(parent, name, (uid_t)copy->uid, (gid_t)copy->gid, AT_SYMLINK_NOFOLLOW);
}

static int write_data(int fd, const struct copy *copy) {
  for (size_t done = 0; done < copy->data.length;) {
    ssize_t count = pwrite(fd, copy->data.at + done, copy->data.length - done, (off_t)(copy->offset + done));
    if (count < 0) return -1;
    done += (size_t)count;
  }
  return 0;
}

// Its last extension is replaced; a dot in front is none.
static void temporary_of(const char *name, char *temporary, size_t size) {
  const char *dot = strrchr(name, '.');
  int stem = dot && dot != name ? (int)(dot - name) : (int)strlen(name);
  snprintf(temporary, size, "%.*s.tmp", stem, name);
}

static int write_file(int parent, const char *name, const struct copy *copy) {
  char temporary[512];
  temporary_of(name, temporary, sizeof temporary);
  int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | (copy->offset == 0 ? O_TRUNC : 0);
  int fd = openat(parent, temporary, flags, (mode_t)(copy->file_mode & 07777));
  if (fd < 0) return -1;
  struct stat written;
  if (write_data(fd, copy) < 0 || fstat(fd, &written) < 0) return close_after(fd, -1);
  if ((uint64_t)written.st_size != copy->file_size) return close_after(fd, 0); // there is more to come
  if (set_mode_and_owner(fd, copy) < 0) return close_after(fd, -1);
  return close_after(fd, renameat(parent, temporary, parent, name));
}

static int write_entry(int parent, const char *name, const struct copy *copy) {
  mode_t mode = (mode_t)copy->file_mode;
  if (S_ISDIR(mode)) return write_directory(parent, name, copy);
  if (copy->offset == 0 && remove_all(parent, name) < 0) return -1;
  return S_ISLNK(mode) ? write_link(parent, name, copy) : write_file(parent, name, copy);
}

static int obey(const struct copy *copy) {
  char path[4096], *name;
  size_t above = strlen(SHARED), length = copy->path.length;
  if (length <= above || length >= sizeof path || memcmp(copy->path.at, SHARED, above) != 0) {
    errno = EXDEV;
    return -1;
  }
  memcpy(path, copy->path.at + above, length - above);
  path[length - above] = 0;
  int parent = parent_of(path, copy, &name);
  return parent < 0 ? -1 : close_after(parent, write_entry(parent, name, copy));
}
