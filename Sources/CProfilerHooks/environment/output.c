// Writes profiles whole or not at all, through descriptors opened before the program began: later it may have no right
// to the directory, no descriptor left, or another root.
//
// The bytes go to a file without a name, which gets its name when it is complete; so whoever is killed leaves nothing
// behind. Where the file system has no such files it is a hidden one, made at the end. The descriptors are numbers that
// no program meets, and each is looked at before it is used: a program may close all there are. C because it must be
// ready before main. Not async-signal-safe, except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/output.h"
#include "base/atomics.h"
#include "base/clock.h"
#include "base/system_call.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct lab_kept_file none = {.descriptor = -1};

// MARK: - Descriptors

/// Takes over a fresh descriptor, at a number that programs seldom get to: they see the ones they would without us.
static struct lab_kept_file keep(int fresh) {
  struct rlimit limit = {1024, 1024};
  struct stat status;
  if (fresh < 0) return none;
  getrlimit(RLIMIT_NOFILE, &limit);
  // No higher than is usual: the kernel copies the table up to the highest one at every fork.
  int highest = limit.rlim_cur < 1024 ? (int)limit.rlim_cur : 1024;
  int high = highest >= 64 ? fcntl(fresh, F_DUPFD_CLOEXEC, highest - 48) : -1;
  close(fresh);
  if (high < 0 || fstat(high, &status) != 0) return none;
  return (struct lab_kept_file){high, status.st_dev, status.st_ino};
}

/// Whether the descriptor is still ours.
static bool is_kept(const struct lab_kept_file *file) {
  struct stat status;
  return file->descriptor >= 0 && fstat(file->descriptor, &status) == 0 && status.st_dev == file->device &&
         status.st_ino == file->inode;
}

static void drop(struct lab_kept_file *file) {
  if (is_kept(file)) close(file->descriptor);
  *file = none;
}

void lab_output_close(struct lab_output *output) {
  drop(&output->unnamed);
  drop(&output->itself);
  drop(&output->directory);
}

// MARK: - Names

static const char *name_of(const struct lab_output *output) { return output->path + output->directory_bytes; }

static bool append(char *text, size_t size, size_t *used, const char *more) {
  size_t bytes = strlen(more);
  if (*used + bytes >= size) return false;
  memcpy(text + *used, more, bytes + 1);
  *used += bytes;
  return true;
}

/// Writes `pattern` with what is known of it in place of `%p`, or of `%n` if there is a number. False if it gets too
/// long.
static bool expand(const char *pattern, const char *process, const char *number, char *path, size_t size) {
  size_t used = 0;
  *path = 0;
  if (*pattern != '/') {
    if (!getcwd(path, size)) return false;
    used = strlen(path);
    if (!append(path, size, &used, "/")) return false;
  }
  for (const char *c = pattern; *c; c++) {
    char one[2] = {*c, 0};
    const char *text = one;
    if (c[0] == '%' && c[1] == 'p' && process) text = process, c++;
    else if (c[0] == '%' && c[1] == 'n' && number) text = number, c++;
    if (!append(path, size, &used, text)) return false;
  }
  return true;
}

void lab_output_number(struct lab_output *output) {
  char number[16];
  snprintf(number, sizeof number, "%u", ++output->number);
  if (!expand(output->pattern, NULL, number, output->path, sizeof output->path))
    memcpy(output->path, output->pattern, sizeof output->path);
}

// MARK: - Making ready

/// The directory, opened anew if the program has closed ours; -1 if it cannot be.
static int directory_of(struct lab_output *output) {
  if (is_kept(&output->directory)) return output->directory.descriptor;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%.*s", (int)output->directory_bytes, output->pattern);
  int fresh = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // To look into it is not needed.
  if (fresh < 0 && errno == EACCES) fresh = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fresh < 0) return -1;
  struct lab_kept_file kept = keep(fresh);
  if (kept.descriptor < 0) return errno = EMFILE, -1;
  output->directory = kept;
  return kept.descriptor;
}

/// A file without a name for the next profile; none where there are no such files.
static void make_unnamed(struct lab_output *output, int directory) {
  if (is_kept(&output->unnamed) || directory < 0) return;
  output->unnamed = keep(openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666));
}

/// A link to a file is followed: what it leads to is replaced, not the link.
static void follow_link(struct lab_output *output) {
  struct stat status;
  char real[PATH_MAX];
  if (lstat(output->pattern, &status) != 0 || !S_ISLNK(status.st_mode) || stat(output->pattern, &status) != 0 ||
      !S_ISREG(status.st_mode) || !realpath(output->pattern, real))
    return;
  memcpy(output->pattern, real, strlen(real) + 1);
}

bool lab_output_open(struct lab_output *output, const char *pattern, unsigned image, char *reason, size_t capacity) {
  char process[32];
  struct stat status;
  snprintf(process, sizeof process, image > 1 ? "%d.%u" : "%d", (int)getpid(), image);
  *output = (struct lab_output){.directory = none, .unnamed = none, .itself = none};
  if (!expand(pattern, process, NULL, output->pattern, sizeof output->pattern)) {
    snprintf(reason, capacity, "the path is too long");
    return false;
  }
  if (stat(output->pattern, &status) == 0 && S_ISDIR(status.st_mode)) {
    snprintf(reason, capacity, "%s is a directory", output->pattern);
    return false;
  }
  follow_link(output);
  memcpy(output->path, output->pattern, sizeof output->path);
  output->directory_bytes = (size_t)(strrchr(output->pattern, '/') + 1 - output->pattern);
  int written = snprintf(output->path, sizeof output->path, "%.*s", (int)output->directory_bytes, output->pattern);
  if (access(output->path, W_OK | X_OK) != 0) {
    // Without the slash at its end, unless it is the root.
    if (written > 1) output->path[written - 1] = 0;
    snprintf(reason, capacity, "cannot write to %s: %s", output->path, strerror(errno));
    return false;
  }
  if (memmem(output->path, (size_t)written, "%n", 2)) {
    snprintf(reason, capacity, "%%n may stand in the name of the file alone, not in %s", output->path);
    return false;
  }
  memcpy(output->path, output->pattern, sizeof output->path);
  // What a device or a pipe is written to it is opened for at the end: a pipe may have no reader yet.
  if (stat(output->pattern, &status) != 0 || S_ISREG(status.st_mode)) make_unnamed(output, directory_of(output));
  return true;
}

// MARK: - Rights that go

void lab_output_before_loss(struct lab_output *output) {
  int directory = directory_of(output);
  if (directory < 0 || is_kept(&output->itself) || output->number > 0) return;
  output->itself = keep(openat(directory, name_of(output), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
}

void lab_output_after_loss(struct lab_output *output) {
  if (!is_kept(&output->itself)) return;
  struct stat status;
  char self[64];
  snprintf(self, sizeof self, "/proc/thread-self/fd/%d", output->itself.descriptor);
  if (faccessat(output->directory.descriptor, ".", W_OK | X_OK, AT_EACCESS) != 0 || stat(self, &status) != 0) return;
  unlinkat(output->directory.descriptor, name_of(output), 0);
  drop(&output->itself);
}

// MARK: - Storing

static bool write_all(int file, const char *bytes, size_t count) {
  for (size_t done = 0; done < count;) {
    ssize_t written = write(file, bytes + done, count - done);
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) done += (size_t)written;
  }
  return true;
}

/// Gives a file without a name one.
static bool link_unnamed(int file, int directory, const char *name) {
  if (linkat(file, "", directory, name, AT_EMPTY_PATH) == 0) return true;
  if (errno == EEXIST) return false;
  // Without privileges by its entry in /proc; the process's own is empty when its main thread has ended.
  char entry[64];
  snprintf(entry, sizeof entry, "/proc/thread-self/fd/%d", file);
  return linkat(AT_FDCWD, entry, directory, name, AT_SYMLINK_FOLLOW) == 0;
}

/// A hidden name that nobody has. Short, since it must not be longer than a directory takes.
static void hidden_name(char name[32]) {
  static _Atomic unsigned count;
  uint64_t random = (lab_now() ^ (uint64_t)getpid() << 32) * 0x9e3779b97f4a7c15u + atomic_fetch_add(&count, 1);
  snprintf(name, 32, ".%08x.tmp", (unsigned)(random >> 32));
}

/// A hidden file, where there are none without names.
static int make_hidden(int directory, char name[32]) {
  for (;;) {
    hidden_name(name);
    int file = openat(directory, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file >= 0 || errno != EEXIST) return file;
  }
}

/// Puts the complete file in the place of whatever has its name.
static bool publish(int file, int directory, const char *hidden, const char *name) {
  char other[32];
  if (!*hidden) {
    if (link_unnamed(file, directory, name)) return true;
    if (errno != EEXIST) return false;
    do hidden_name(other);
    while (!link_unnamed(file, directory, other) && errno == EEXIST);
    hidden = other;
  }
  if (renameat(directory, hidden, directory, name) == 0) return true;
  int error = errno;
  unlinkat(directory, hidden, 0);
  errno = error;
  return false;
}

/// Writes a complete file beside the one there is, and has it take its place.
static int replace(struct lab_output *output, const char *bytes, size_t count, struct lab_stored *stored) {
  char hidden[32] = "";
  struct stat status;
  int directory = directory_of(output);
  if (directory < 0) return errno;
  make_unnamed(output, directory);
  bool is_unnamed = is_kept(&output->unnamed);
  int file = is_unnamed ? output->unnamed.descriptor : make_hidden(directory, hidden);
  if (file < 0) return errno;
  if (fstatat(directory, name_of(output), &status, 0) == 0) fchmod(file, status.st_mode & 07777);
  int error = 0;
  stored->step = LAB_STORE_WRITE;
  if (!write_all(file, bytes, count) || fsync(file) != 0) {
    error = errno;
    if (*hidden) unlinkat(directory, hidden, 0);
  } else {
    stored->step = LAB_STORE_RENAME;
    if (!publish(file, directory, hidden, name_of(output))) error = errno;
  }
  if (is_unnamed) drop(&output->unnamed);
  else close(file);
  // Makes the new name last through a power cut. Not every file system can; the file itself is safe already.
  if (error == 0) fsync(directory);
  return error;
}

/// In one write, where nothing can be renamed any more.
static int write_in_place(struct lab_output *output, const char *bytes, size_t count) {
  int file = output->itself.descriptor;
  if (lseek(file, 0, SEEK_SET) != 0 || ftruncate(file, 0) != 0) return errno;
  if (!write_all(file, bytes, count) || fsync(file) != 0) {
    int error = errno;
    // Rather nothing than a part.
    return ftruncate(file, 0) == 0 ? error : errno;
  }
  return 0;
}

static int write_to_device(const char *path, const char *bytes, size_t count, struct lab_stored *stored) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  stored->step = LAB_STORE_WRITE;
  int error = write_all(file, bytes, count) ? 0 : errno;
  close(file);
  return error;
}

int lab_output_store(struct lab_output *output, const void *bytes, size_t count, struct lab_stored *stored) {
  struct stat status;
  *stored = (struct lab_stored){.path = output->path, .step = LAB_STORE_OPEN};
  // It may be a descriptor's device, /dev/stdout, which is no other for being reached through the directory.
  if (stat(output->path, &status) == 0 && !S_ISREG(status.st_mode))
    return write_to_device(output->path, bytes, count, stored);
  int error = replace(output, bytes, count, stored);
  if (error == 0 || stored->step == LAB_STORE_WRITE || !is_kept(&output->itself)) return error;
  stored->in_place = true;
  stored->step = LAB_STORE_WRITE;
  return write_in_place(output, bytes, count);
}
#endif
