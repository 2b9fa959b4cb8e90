// The functions of libc that start another program, or become one.
//
// It inherits what the kernel has of SIGPROF: for that moment the kernel has what the program believes. Where children
// are followed it is given what has it profiled, and of a process that becomes another program what is recorded is
// written first; if that fails, the recording goes on. C, because they take libc's place. As safe between vfork and
// exec as the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/children.h"
#include "environment/sessions.h"
#include "environment/stderr.h"
#include "environment/writer.h"
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

// MARK: - Becoming another program

static const char is_not_followed[] = "before it became another program, which is not profiled; --children follows it";
static const char is_followed[] = "before it became another program, which goes on under a name of its own";

/// What cannot be found is not become. Apart, for whoever starts a program after a crash has little stack.
static __attribute__((noinline)) bool is_found(const char *file) {
  char path[PATH_MAX];
  bool is_there = lab_find_program(file, path, sizeof path);
  if (is_there) lab_children_tell(path);
  return is_there;
}

/// Has what is recorded written if the process becomes that program. Whether it was.
static bool write_before(const char *file) {
  int error = errno;
  bool follows = lab_children_are_followed(), is_written = false;
  // What is left between fork and exec is nobody's program.
  bool keeps = lab_sessions_are_open() && !lab_self.is_own && !(follows && lab_is_forked);
  if ((keeps || follows) && is_found(file) && keeps)
    is_written = lab_writer_do(LAB_ASK_EXEC, follows ? is_followed : is_not_followed, LAB_PATIENCE);
  errno = error;
  return is_written;
}

static int has_failed(int result, bool was_written) {
  int error = errno;
  if (was_written) lab_say("lab: it became none, and is profiled on", NULL);
  errno = error;
  return result;
}

/// What stands in `followed` is the environment to be given.
#define FOLLOWING(environment, becomes)                   \
  char *pointers[lab_children_pointers(environment)];     \
  char text[lab_children_bytes(environment)];             \
  char *const *followed = lab_children_environment(environment, becomes, pointers, text)

#define BECOMING(file, environment, call)                          \
  bool is_written = write_before(file);                            \
  FOLLOWING(environment, lab_sessions_are_of_this_process());      \
  struct legacy legacy = bequeath();                               \
  int result = call;                                               \
  take_back(&legacy);                                              \
  return has_failed(result, is_written)

int LAB_BODY(execve)(const char *path, char *const arguments[], char *const environment[]) {
  BECOMING(path, environment, lab_real.execve(path, arguments, (char *const *)followed));
}
int LAB_BODY(execv)(const char *path, char *const arguments[]) {
  BECOMING(path, environ, lab_real.execve(path, arguments, (char *const *)followed));
}
int LAB_BODY(execvp)(const char *file, char *const arguments[]) {
  BECOMING(file, environ, lab_real.execvpe(file, arguments, (char *const *)followed));
}
int LAB_BODY(execvpe)(const char *file, char *const arguments[], char *const environment[]) {
  BECOMING(file, environment, lab_real.execvpe(file, arguments, (char *const *)followed));
}
int LAB_BODY(fexecve)(int descriptor, char *const arguments[], char *const environment[]) {
  char entry[64];
  snprintf(entry, sizeof entry, "/proc/thread-self/fd/%d", descriptor);
  BECOMING(entry, environment, lab_real.fexecve(descriptor, arguments, (char *const *)followed));
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

// MARK: - Starting one

static void tell_of(const char *file) {
  int error = errno;
  if (lab_children_are_followed()) is_found(file);
  errno = error;
}

int LAB_BODY(posix_spawn)(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  tell_of(path);
  FOLLOWING(environment, false);
  PASSING_ON(int, lab_real.posix_spawn(child, path, actions, attributes, arguments, (char *const *)followed));
}
int LAB_BODY(posix_spawnp)(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]) {
  tell_of(file);
  FOLLOWING(environment, false);
  PASSING_ON(int, lab_real.posix_spawnp(child, file, actions, attributes, arguments, (char *const *)followed));
}

/// The shell itself is not followed, but what it starts.
int LAB_BODY(system)(const char *command) {
  char text[lab_children_command_bytes(command)];
  lab_children_tell_of_command(command);
  PASSING_ON(int, lab_real.system(lab_children_command(command, text)));
}
FILE *LAB_BODY(popen)(const char *command, const char *mode) {
  char text[lab_children_command_bytes(command)];
  lab_children_tell_of_command(command);
  PASSING_ON(FILE *, lab_real.popen(lab_children_command(command, text), mode));
}

#endif
#endif
