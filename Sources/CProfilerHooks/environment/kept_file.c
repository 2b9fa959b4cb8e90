// Descriptors at numbers that no program meets. Each is looked at before it is used, since a program may close all
// there are.
//
// C because they are opened before main. Not async-signal-safe, except where said.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/kept_file.h"
#include "base/atomics.h"
#include "base/system_call.h"
#include "lab_threads.h"
#include <errno.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/// No higher than is usual, for the kernel copies the table up to the highest one at every fork; how many below; and
/// what is no high number.
enum { USUAL = 1024, SPACE = 48, LOW = 16 };
/// The lowest number that one was given.
static _Atomic int lowest = USUAL;

struct lab_kept_file lab_keep(int fresh, bool at_any_number) {
  struct rlimit limit = {USUAL, USUAL};
  struct stat status;
  if (fresh < 0) return LAB_NO_FILE;
  getrlimit(RLIMIT_NOFILE, &limit);
  int highest = limit.rlim_cur < USUAL ? (int)limit.rlim_cur : USUAL;
  int kept = highest >= SPACE + LOW ? fcntl(fresh, F_DUPFD_CLOEXEC, highest - SPACE) : -1;
  if (kept >= 0 && kept < atomic_load(&lowest)) atomic_store(&lowest, kept);
  if (kept >= 0 || !at_any_number) close(fresh);
  else kept = fresh;
  if (kept < 0 || fstat(kept, &status) != 0) return LAB_NO_FILE;
  return (struct lab_kept_file){kept, status.st_dev, status.st_ino};
}

bool lab_is_kept(const struct lab_kept_file *file) {
  struct stat status;
  return file->descriptor >= 0 && fstat(file->descriptor, &status) == 0 && status.st_dev == file->device &&
         status.st_ino == file->inode;
}

void lab_drop(struct lab_kept_file *file) {
  if (lab_is_kept(file)) close(file->descriptor);
  *file = LAB_NO_FILE;
}

bool lab_descriptors_are_used_up(void) {
  int file = lab_open("/");
  if (file >= 0) lab_close(file);
  return file == -EMFILE;
}

bool lab_thread_separates_descriptors(void) {
  struct rlimit limit = {USUAL, USUAL};
  if (lab_system_call(SYS_unshare, CLONE_FILES) != 0) return false;
  // What is said there reaches nobody; but these numbers mean what they mean everywhere.
  int nothing = lab_open("/dev/null");
  for (int standard = STDIN_FILENO; nothing >= 0 && standard <= STDERR_FILENO; standard++)
    if (standard != nothing) lab_system_call(SYS_dup3, nothing, standard, 0);
  if (lab_system_call(SYS_close_range, STDERR_FILENO + 1, ~0u, 0) == 0) return true;
  getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t file = STDERR_FILENO + 1; file < limit.rlim_cur && file < 1 << 20; file++) lab_close((int)file);
  return true;
}

void lab_descriptors_make_room(void) {
  if (!lab_descriptors_are_used_up() || lab_system_call(SYS_unshare, CLONE_FILES) != 0) return;
  for (int file = STDERR_FILENO + 1; file < atomic_load(&lowest); file++) lab_close(file);
}
#endif
