// C since prctl takes any number of arguments, which Swift does not call, and Landlock's calls have no names in the C
// library. Called by a process with one thread, which may do anything.
#include "CKeeping.h"

#include <errno.h>

#ifndef __linux__

int lab_adopt_orphans(void) { return ENOSYS; }
int lab_end_with_parent(void) { return ENOSYS; }
int lab_write_only_below(const char *const *paths, int count) {
  (void)paths;
  (void)count;
  return ENOSYS;
}

#else

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int lab_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ? 0 : errno; }

int lab_end_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 ? 0 : errno; }

// From linux/landlock.h, which older systems have shorter or not at all.
struct ruleset {
  uint64_t files;
  uint64_t network;
  uint64_t scopes;
};
struct __attribute__((packed)) rule_below {
  uint64_t allowed;
  int32_t directory;
};
enum {
  create_ruleset = 444,
  add_rule = 445,
  restrict_self = 446,
  ask_version = 1,
  rule_is_path_beneath = 1,
  write_file = 1 << 1,
  // Removing and making of directories, files, devices, sockets, pipes and links.
  change_directories = 0x1ff0,
  move_elsewhere = 1 << 13,
  shorten_files = 1 << 14,
  scope_signals = 1 << 1,
};

static int restrict_to(int ruleset, uint64_t rights, const char *const *paths, int count) {
  for (int index = 0; index < count; index += 1) {
    struct rule_below rule = {.allowed = rights, .directory = open(paths[index], O_PATH | O_CLOEXEC)};
    struct stat status;
    if (rule.directory < 0 || fstat(rule.directory, &status) != 0) return errno;
    if (!S_ISDIR(status.st_mode)) rule.allowed &= write_file | shorten_files;
    long added = syscall(add_rule, ruleset, rule_is_path_beneath, &rule, 0);
    int error = errno;
    close(rule.directory);
    if (added != 0) return error;
  }
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  return syscall(restrict_self, ruleset, 0) == 0 ? 0 : errno;
}

int lab_write_only_below(const char *const *paths, int count) {
  long version = syscall(create_ruleset, 0, 0, ask_version);
  if (version < 0) return errno;
  struct ruleset wanted = {.files = write_file | change_directories};
  if (version >= 2) wanted.files |= move_elsewhere;
  if (version >= 3) wanted.files |= shorten_files;
  if (version >= 6) wanted.scopes = scope_signals;
  // Kernels refuse a structure that is longer than theirs, unless the rest of it is zero.
  long ruleset = syscall(create_ruleset, &wanted, sizeof(wanted), 0);
  if (ruleset < 0) return errno;
  int error = restrict_to((int)ruleset, wanted.files, paths, count);
  close((int)ruleset);
  return error;
}

#endif
