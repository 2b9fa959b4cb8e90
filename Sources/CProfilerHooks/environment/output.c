// Writes profiles whole or not at all, through descriptors opened before the program began: later it may have no right
// to the directory, no descriptor left, or another root.
//
// The bytes go to a file without a name, which gets its name when it is complete; so whoever is killed leaves nothing
// behind. Where the file system has no such files it is a hidden one, made at the end. C because it must be ready before
// main. Not async-signal-safe, except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/output.h"
#include "base/atomics.h"
#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void lab_output_close(struct lab_output *output) {
  lab_drop(&output->unnamed);
  lab_drop(&output->held);
  lab_drop(&output->directory);
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

static void give_number(struct lab_output *output, unsigned value) {
  char number[16];
  snprintf(number, sizeof number, "%u", value);
  if (!expand(output->pattern, NULL, number, output->path, sizeof output->path))
    memcpy(output->path, output->pattern, sizeof output->path);
}

void lab_output_number(struct lab_output *output) { give_number(output, ++output->number); }

// MARK: - Making ready

/// The directory, opened anew if the program has closed ours; -1 if it cannot be.
static int directory_of(struct lab_output *output, bool at_any_number) {
  if (lab_is_kept(&output->directory)) return output->directory.descriptor;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%.*s", (int)output->directory_bytes, output->pattern);
  int fresh = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  // To look into it is not needed.
  if (fresh < 0 && errno == EACCES) fresh = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fresh < 0) return -1;
  output->directory = lab_keep(fresh, at_any_number);
  return output->directory.descriptor;
}

/// A file without a name for the next profile; none where there are no such files.
static void make_unnamed(struct lab_output *output, int directory, bool at_any_number) {
  if (lab_is_kept(&output->unnamed) || directory < 0) return;
  int fresh = openat(directory, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
  output->unnamed = lab_keep(fresh, at_any_number);
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
  *output = (struct lab_output){.directory = LAB_NO_FILE, .unnamed = LAB_NO_FILE, .held = LAB_NO_FILE};
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
  if (stat(output->pattern, &status) != 0 || S_ISREG(status.st_mode))
    make_unnamed(output, directory_of(output, false), false);
  return true;
}

// MARK: - Replacing

/// A file that pieces go to, and why one did not get there.
struct target {
  int file, error;
};

static bool write_piece(void *taker, const void *bytes, size_t count) {
  struct target *target = taker;
  for (size_t done = 0; done < count;) {
    ssize_t written = write(target->file, (const char *)bytes + done, count - done);
    if (written < 0 && errno != EINTR) {
      target->error = errno;
      return false;
    }
    if (written > 0) done += (size_t)written;
  }
  return true;
}

static bool count_piece(void *taker, const void *bytes, size_t count) {
  (void)bytes;
  *(size_t *)taker += count;
  return true;
}

/// 0, or the errno of what failed.
static int write_all(int file, const struct lab_pieces *pieces) {
  struct target target = {.file = file, .error = EIO};
  return pieces->each(pieces->context, write_piece, &target) ? 0 : target.error;
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
static int replace(struct lab_output *output, const struct lab_pieces *pieces, struct lab_stored *stored) {
  char hidden[32] = "";
  struct stat status;
  int directory = directory_of(output, true);
  if (directory < 0) return errno;
  make_unnamed(output, directory, true);
  bool is_unnamed = lab_is_kept(&output->unnamed);
  int file = is_unnamed ? output->unnamed.descriptor : make_hidden(directory, hidden);
  if (file < 0) return errno;
  if (fstatat(directory, name_of(output), &status, 0) == 0) fchmod(file, status.st_mode & 07777);
  stored->step = LAB_STORE_WRITE;
  int error = write_all(file, pieces);
  if (error == 0 && fsync(file) != 0) error = errno;
  if (error != 0) {
    if (*hidden) unlinkat(directory, hidden, 0);
  } else {
    stored->step = LAB_STORE_RENAME;
    if (!publish(file, directory, hidden, name_of(output))) error = errno;
  }
  if (is_unnamed) lab_drop(&output->unnamed);
  else close(file);
  // Makes the new name last through a power cut. Not every file system can; the file itself is safe already.
  if (error == 0) fsync(directory);
  return error;
}

// MARK: - Where nothing can be renamed any more

void lab_output_hold(struct lab_output *output) {
  if (!lab_is_kept(&output->directory)) return;
  lab_drop(&output->held);
  output->held = lab_keep(openat(output->directory.descriptor, name_of(output), O_WRONLY | O_CLOEXEC), false);
  output->held_number = output->number;
}

bool lab_output_may_be_lost(const struct lab_output *output) {
  return lab_is_kept(&output->directory) && !lab_is_kept(&output->held);
}

/// Over what is held. What that was stays where there is no room for more.
static int write_over(const struct lab_output *output, const struct lab_pieces *pieces, struct lab_stored *stored) {
  struct rlimit limit;
  size_t count = 0;
  int file = output->held.descriptor;
  stored->keeps_former = true;
  if (!pieces->each(pieces->context, count_piece, &count)) return EIO;
  if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && count > limit.rlim_cur) return EFBIG;
  if (fallocate(file, FALLOC_FL_KEEP_SIZE, 0, (off_t)count) != 0 && errno != EOPNOTSUPP) return errno;
  if (lseek(file, 0, SEEK_SET) != 0) return errno;
  stored->keeps_former = false;
  int error = write_all(file, pieces);
  if (error == 0 && ftruncate(file, (off_t)count) == 0 && fsync(file) == 0) return 0;
  if (error == 0) error = errno;
  // Rather nothing than a part.
  return ftruncate(file, 0) == 0 ? error : errno;
}

/// Whether it still has a name.
static bool can_be_written_over(const struct lab_output *output) {
  struct stat status;
  return lab_is_kept(&output->held) && fstat(output->held.descriptor, &status) == 0 && status.st_nlink > 0;
}

// MARK: - Storing

static int write_to_device(const char *path, const struct lab_pieces *pieces, struct lab_stored *stored) {
  int file = open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return errno;
  stored->step = LAB_STORE_WRITE;
  int error = write_all(file, pieces);
  close(file);
  return error;
}

int lab_output_store(struct lab_output *output, const struct lab_pieces *pieces, struct lab_stored *stored) {
  struct stat status;
  *stored = (struct lab_stored){.path = output->path, .step = LAB_STORE_OPEN};
  // It may be a descriptor's device, /dev/stdout, which is no other for being reached through the directory.
  if (stat(output->path, &status) == 0 && !S_ISREG(status.st_mode))
    return write_to_device(output->path, pieces, stored);
  int error = replace(output, pieces, stored);
  // What is held is no longer what has the name.
  if (error == 0 && lab_is_kept(&output->held)) lab_output_hold(output);
  if (error == 0 || stored->step == LAB_STORE_WRITE || !can_be_written_over(output)) return error;
  if (output->number > 0) give_number(output, output->held_number);
  stored->in_place = true;
  stored->step = LAB_STORE_WRITE;
  return write_over(output, pieces, stored);
}
#endif
