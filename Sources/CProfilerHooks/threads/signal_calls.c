// The functions of libc by which a program sets, blocks, awaits or passes on SIGPROF: they answer as if we were not there.
//
// C, because they take libc's place. As safe in signal handlers, and between vfork and exec, as the real ones: those are
// looked up before the program begins.
#include "base/hidden.h"
#include "base/sanitizers.h"
#include "threads/signal_sharing.h"
#include "threads/thread_state.h"
#include <errno.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

bool lab_signal_block(bool blocks) {
  uint64_t set = 1ull << (SIGPROF - 1), before = 0;
  syscall(SYS_rt_sigprocmask, blocks ? SIG_BLOCK : SIG_UNBLOCK, &set, &before, sizeof set);
  return before & set;
}

#if LAB_INTERPOSES
#include "hooks/interposing.h"
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>

// Programs call the old ones too.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

typedef void (*handler)(int);
extern handler __sysv_signal(int, handler);

#define LAB_REALS(X)                                                                                                 \
  X(sigaction) X(signal) X(__sysv_signal) X(sigset) X(sigignore) X(sighold) X(sigrelse) X(siginterrupt)            \
  X(sigblock) X(sigsetmask) X(sigprocmask) X(pthread_sigmask) X(sigpending) X(sigtimedwait) X(signalfd) X(execve)  \
  X(execv) X(execvp) X(execvpe) X(fexecve) X(posix_spawn) X(posix_spawnp) X(system) X(popen)
LAB_FIND_REALS(LAB_REALS)

int lab_real_sigaction(int number, const struct sigaction *disposition, struct sigaction *former) {
  return real_sigaction()(number, disposition, former);
}
int lab_real_sigmask(int how, const sigset_t *set, sigset_t *former) { return real_pthread_sigmask()(how, set, former); }

// MARK: - Dispositions

static bool is_handler(handler function) { return function != SIG_DFL && function != SIG_IGN; }

/// Whether the disposition is to be believed and not installed. A handler that the program installs displaces us first.
static bool is_believed(int number, handler function) {
  if (number != SIGPROF || !lab_signal_is_held()) return false;
  if (!is_handler(function)) return true;
  lab_signal_displace();
  return false;
}

static handler believe(handler function, int flags, sigset_t mask) {
  struct sigaction disposition = {.sa_handler = function, .sa_flags = flags, .sa_mask = mask};
  return lab_signal_believe(&disposition).sa_handler;
}

static sigset_t nothing(void) {
  sigset_t set;
  sigemptyset(&set);
  return set;
}

static sigset_t profiling(void) {
  sigset_t set = nothing();
  sigaddset(&set, SIGPROF);
  return set;
}

LAB_TAKES_PLACE int sigaction(int number, const struct sigaction *disposition, struct sigaction *former) {
  if (number != SIGPROF || !lab_signal_is_held() || (disposition && !is_believed(number, disposition->sa_handler)))
    return lab_real_sigaction(number, disposition, former);
  struct sigaction before = lab_signal_believe(disposition);
  if (former) *former = before;
  return 0;
}

LAB_TAKES_PLACE handler signal(int number, handler function) {
  return is_believed(number, function) ? believe(function, SA_RESTART, profiling()) : real_signal()(number, function);
}
LAB_TAKES_PLACE handler bsd_signal(int number, handler function) { return signal(number, function); }
LAB_TAKES_PLACE handler ssignal(int number, handler function) { return signal(number, function); }

LAB_TAKES_PLACE handler __sysv_signal(int number, handler function) {
  return is_believed(number, function) ? believe(function, (int)(SA_RESETHAND | SA_NODEFER), nothing())
                                       : real___sysv_signal()(number, function);
}
LAB_TAKES_PLACE handler sysv_signal(int number, handler function) { return __sysv_signal(number, function); }

LAB_TAKES_PLACE handler sigset(int number, handler function) {
  if (number != SIGPROF || !lab_signal_is_held() || (function != SIG_HOLD && !is_believed(number, function)))
    return real_sigset()(number, function);
  sigset_t set = profiling(), before;
  pthread_sigmask(function == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, &set, &before);
  handler former = function == SIG_HOLD ? lab_signal_believe(NULL).sa_handler : believe(function, 0, nothing());
  return sigismember(&before, SIGPROF) ? SIG_HOLD : former;
}

LAB_TAKES_PLACE int sigignore(int number) {
  if (!is_believed(number, SIG_IGN)) return real_sigignore()(number);
  believe(SIG_IGN, 0, nothing());
  return 0;
}

/// Matters to handlers alone, and the program has none.
LAB_TAKES_PLACE int siginterrupt(int number, int flag) {
  return number == SIGPROF && lab_signal_is_held() ? 0 : real_siginterrupt()(number, flag);
}

// MARK: - Masks

/// What is asked of a mask, as the kernel is to be told it.
static int change_mask(__typeof__(&sigprocmask) change, int how, const sigset_t *set, sigset_t *former) {
  struct lab_thread_state *state = &lab_thread_state;
  bool believed = state->blocks, names = set && sigismember(set, SIGPROF) == 1, believes = believed;
  if (!lab_signal_is_masked()) {
    // What was only believed becomes true.
    if (believed) lab_signal_block(true);
    state->blocks = false;
    return change(how, set, former);
  }
  sigset_t told;
  if (set && (how == SIG_SETMASK || names)) believes = names && how != SIG_UNBLOCK;
  if (names && how != SIG_UNBLOCK) {
    told = *set;
    sigdelset(&told, SIGPROF);
    set = &told;
  }
  int result = change(how, set, former);
  if (result != 0) return result;
  state->blocks = believes;
  if (former && believed) sigaddset(former, SIGPROF);
  return 0;
}

LAB_TAKES_PLACE int pthread_sigmask(int how, const sigset_t *set, sigset_t *former) {
  return change_mask(real_pthread_sigmask(), how, set, former);
}
LAB_TAKES_PLACE int sigprocmask(int how, const sigset_t *set, sigset_t *former) {
  return change_mask(real_sigprocmask(), how, set, former);
}

static int change_one(int how, int number, int (*real)(int)) {
  if (number != SIGPROF || !lab_signal_is_masked()) return real(number);
  sigset_t set = profiling();
  return sigprocmask(how, &set, NULL);
}
LAB_TAKES_PLACE int sighold(int number) { return change_one(SIG_BLOCK, number, real_sighold()); }
LAB_TAKES_PLACE int sigrelse(int number) { return change_one(SIG_UNBLOCK, number, real_sigrelse()); }

/// The masks of 4.2BSD: the first 32 signals are the bits of a number.
static int change_old_mask(int how, int mask, int (*real)(int)) {
  if (!lab_signal_is_masked()) return real(mask);
  sigset_t set = nothing(), former;
  for (int number = 1; number <= 32; number++)
    if ((unsigned)mask >> (number - 1) & 1) sigaddset(&set, number);
  if (sigprocmask(how, &set, &former) != 0) return -1;
  unsigned before = 0;
  for (int number = 1; number <= 32; number++) before |= (unsigned)(sigismember(&former, number) == 1) << (number - 1);
  return (int)before;
}
LAB_TAKES_PLACE int sigblock(int mask) { return change_old_mask(SIG_BLOCK, mask, real_sigblock()); }
LAB_TAKES_PLACE int sigsetmask(int mask) { return change_old_mask(SIG_SETMASK, mask, real_sigsetmask()); }

/// While no signal of the program's has come, one that is pending is ours.
LAB_TAKES_PLACE int sigpending(sigset_t *set) {
  int result = real_sigpending()(set);
  if (result == 0 && lab_signal_is_masked()) sigdelset(set, SIGPROF);
  return result;
}

// MARK: - Waiting for signals

static int wait_for(const sigset_t *set, siginfo_t *info, const struct timespec *limit) {
  while (lab_signal_is_masked() && sigismember(set, SIGPROF) == 1) {
    sigset_t told = *set;
    sigdelset(&told, SIGPROF);
    int result = real_sigtimedwait()(&told, info, limit);
    // The first signal of the program's own ended the wait, and is waiting now.
    if (result < 0 && errno == EINTR && !lab_signal_is_masked()) break;
    return result;
  }
  return real_sigtimedwait()(set, info, limit);
}

LAB_TAKES_PLACE int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *limit) {
  return wait_for(set, info, limit);
}
LAB_TAKES_PLACE int sigwaitinfo(const sigset_t *set, siginfo_t *info) { return wait_for(set, info, NULL); }

LAB_TAKES_PLACE int sigwait(const sigset_t *set, int *number) {
  int result;
  do result = wait_for(set, NULL, NULL);
  while (result < 0 && errno == EINTR);
  if (result < 0) return errno;
  *number = result;
  return 0;
}

/// Descriptors that the program made for SIGPROF too, and what else they are for.
enum { DESCRIPTORS = 16 };
static struct descriptor {
  _Atomic int number; ///< plus 1; 0: none
  uint64_t mask;
} descriptors[DESCRIPTORS];

static void remember_descriptor(int number, const sigset_t *mask) {
  for (int i = 0; i < DESCRIPTORS; i++) {
    int slot = atomic_load(&descriptors[i].number);
    if (slot != 0 && slot != number + 1) continue;
    descriptors[i].mask = *(const uint64_t *)mask;
    atomic_store(&descriptors[i].number, number + 1);
    return;
  }
}

void lab_signal_restore_descriptors(void) {
  for (int i = 0; i < DESCRIPTORS; i++) {
    int slot = atomic_exchange(&descriptors[i].number, 0);
    // Of a number that means another file by now the kernel says so.
    if (slot != 0) syscall(SYS_signalfd4, slot - 1, &descriptors[i].mask, sizeof descriptors[i].mask, 0);
  }
}

LAB_TAKES_PLACE int signalfd(int descriptor, const sigset_t *mask, int flags) {
  if (!lab_signal_is_masked() || sigismember(mask, SIGPROF) != 1) return real_signalfd()(descriptor, mask, flags);
  sigset_t told = *mask;
  sigdelset(&told, SIGPROF);
  int result = real_signalfd()(descriptor, &told, flags);
  if (result >= 0) remember_descriptor(result, mask);
  return result;
}

// MARK: - What another program inherits

/// What the kernel must be told because a program is about to be started, and not after. Changes nothing that a child
/// made by vfork shares with its parent.
struct legacy {
  bool blocks, ignores;
  struct sigaction ours;
};

static struct legacy bequeath(void) {
  struct legacy legacy = {0};
  if (!lab_signal_is_held()) return legacy;
  if (lab_thread_state.blocks) legacy.blocks = !lab_signal_block(true);
  struct sigaction ignore = {.sa_handler = SIG_IGN};
  if (lab_signal_believe(NULL).sa_handler == SIG_IGN)
    legacy.ignores = lab_real_sigaction(SIGPROF, &ignore, &legacy.ours) == 0;
  return legacy;
}

static void take_back(const struct legacy *legacy) {
  int error = errno;
  if (legacy->ignores) lab_real_sigaction(SIGPROF, &legacy->ours, NULL);
  if (legacy->blocks) lab_signal_block(false);
  errno = error;
}

#define PASSING_ON(type, call)         \
  struct legacy legacy = bequeath();   \
  type result = call;                  \
  take_back(&legacy);                  \
  return result

LAB_TAKES_PLACE int execve(const char *path, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, real_execve()(path, arguments, environment));
}
LAB_TAKES_PLACE int execv(const char *path, char *const arguments[]) {
  PASSING_ON(int, real_execv()(path, arguments));
}
LAB_TAKES_PLACE int execvp(const char *file, char *const arguments[]) {
  PASSING_ON(int, real_execvp()(file, arguments));
}
LAB_TAKES_PLACE int execvpe(const char *file, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, real_execvpe()(file, arguments, environment));
}
LAB_TAKES_PLACE int fexecve(int descriptor, char *const arguments[], char *const environment[]) {
  PASSING_ON(int, real_fexecve()(descriptor, arguments, environment));
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

LAB_TAKES_PLACE int posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                                const posix_spawnattr_t *attributes, char *const arguments[],
                                char *const environment[]) {
  PASSING_ON(int, real_posix_spawn()(child, path, actions, attributes, arguments, environment));
}
LAB_TAKES_PLACE int posix_spawnp(pid_t *child, const char *file, const posix_spawn_file_actions_t *actions,
                                 const posix_spawnattr_t *attributes, char *const arguments[],
                                 char *const environment[]) {
  PASSING_ON(int, real_posix_spawnp()(child, file, actions, attributes, arguments, environment));
}
LAB_TAKES_PLACE int system(const char *command) { PASSING_ON(int, real_system()(command)); }
LAB_TAKES_PLACE FILE *popen(const char *command, const char *mode) { PASSING_ON(FILE *, real_popen()(command, mode)); }

// MARK: - Threads

bool lab_signal_thread_inherits(const pthread_attr_t *attributes) {
  sigset_t mask;
  if (attributes && pthread_attr_getsigmask_np(attributes, &mask) == 0) return sigismember(&mask, SIGPROF) == 1;
  return lab_thread_state.blocks;
}

void lab_signal_thread_begins(bool creator_blocks) {
  if (lab_signal_is_masked()) {
    // Set in the kernel's mask where the creator's was set before we came.
    lab_thread_state.blocks = lab_signal_block(false) || creator_blocks;
  } else if (creator_blocks) {
    lab_signal_block(true);
  }
}
#else
int lab_real_sigaction(int number, const struct sigaction *disposition, struct sigaction *former) {
  return sigaction(number, disposition, former);
}
int lab_real_sigmask(int how, const sigset_t *set, sigset_t *former) { return pthread_sigmask(how, set, former); }
void lab_signal_restore_descriptors(void) {}
bool lab_signal_thread_inherits(const pthread_attr_t *attributes) {
  (void)attributes;
  return false;
}
void lab_signal_thread_begins(bool creator_blocks) { (void)creator_blocks; }
#endif
