// The functions of libc that start another program, which inherits what the kernel has of SIGPROF: for that moment it
// has what the program believes.
//
// C, because they take libc's place. As safe between vfork and exec as the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "hooks/hooks.h"
#include "threads/signal_sharing.h"
#include "threads/thread.h"
#include <errno.h>
#include <stdarg.h>
#include <unistd.h>

#if LAB_INTERPOSES
LAB_HIDE_THIS_FILE

/// What the kernel must be told because a program is about to be started, and not after. Changes nothing that a child
/// made by vfork shares with its parent.
struct legacy {
  bool blocks, ignores;
  struct sigaction ours;
};

static struct legacy bequeath(void) {
  struct legacy legacy = {0};
  if (!lab_signal_is_held()) return legacy;
  if (lab_self.blocks) legacy.blocks = !lab_signal_block(true);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  if (lab_signal_believe(NULL).sa_handler == SIG_IGN)
    legacy.ignores = lab_real.sigaction(SIGPROF, &ignore, &legacy.ours) == 0;
  return legacy;
}

static void take_back(const struct legacy *legacy) {
  int error = errno;
  if (legacy->ignores) lab_real.sigaction(SIGPROF, &legacy->ours, NULL);
  if (legacy->blocks) lab_signal_block(false);
  errno = error;
}

#define PASSING_ON(type, call)         \
  struct legacy legacy = bequeath();   \
  type result = call;                  \
  take_back(&legacy);                  \
  return result

int LAB_BODY(execve)(const char *path, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, lab_real.execve(path, arguments, environment));
}
int LAB_BODY(execv)(const char *path, char *const arguments[]) {
  PASSING_ON(int, lab_real.execv(path, arguments));
}
int LAB_BODY(execvp)(const char *file, char *const arguments[]) {
  PASSING_ON(int, lab_real.execvp(file, arguments));
}
int LAB_BODY(execvpe)(const char *file, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, lab_real.execvpe(file, arguments, environment));
}
int LAB_BODY(fexecve)(int descriptor, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, lab_real.fexecve(descriptor, arguments, environment));
}

/// The arguments up to the null that ends them, on the caller's stack; what follows stays in `list`.
#define LISTED(list, first)                                     \
  size_t count = 1;                                             \
  va_list list, counting;                                       \
  va_start(list, first);                                        \
  va_copy(counting, list);                                      \
  while (va_arg(counting, char *)) count++;                     \
  va_end(counting);                                             \
  char *arguments[count + 1];                                   \
  arguments[0] = (char *)first;                                 \
  for (size_t i = 1; i <= count; i++) arguments[i] = va_arg(list, char *)

LAB_TAKES_PLACE int execl(const char *path, const char *first, ...) {
  LISTED(list, first);
  va_end(list);
  return execv(path, arguments);
}
LAB_TAKES_PLACE int execlp(const char *file, const char *first, ...) {
  LISTED(list, first);
  va_end(list);
  return execvp(file, arguments);
}
LAB_TAKES_PLACE int execle(const char *path, const char *first, ...) {
  LISTED(list, first);
  char *const *environment = va_arg(list, char *const *);
  va_end(list);
  return execve(path, arguments, environment);
}

int LAB_BODY(posix_spawn)(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                                const posix_spawnattr_t *attributes, char *const arguments[],
                                char *const environment[]) {
  PASSING_ON(int, lab_real.posix_spawn(child, path, actions, attributes, arguments, environment));
}
int LAB_BODY(posix_spawnp)(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                                 const posix_spawnattr_t *attributes, char *const arguments[],
                                 char *const environment[]) {
  PASSING_ON(int, lab_real.posix_spawnp(child, file, actions, attributes, arguments, environment));
}
int LAB_BODY(system)(const char *command) { PASSING_ON(int, lab_real.system(command)); }
FILE *LAB_BODY(popen)(const char *command, const char *mode) { PASSING_ON(FILE *, lab_real.popen(command, mode)); }

#endif
#endif
