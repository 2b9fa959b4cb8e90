// Shares SIGPROF with the program, which goes on as if it were alone.
//
// Our handler stays in the kernel while the program believes that its own disposition does: SIG_DFL or SIG_IGN is only
// remembered (`lab_signal_believe`). A handler of the program's own displaces us. SIGPROF is kept out of the masks that
// the kernel is given, so that threads which block everything are sampled as well; what the program believes of its mask
// is in `lab_thread_state.blocks`.
//
// Signals that are not ours are recognized by what they carry, and go where they would have gone (`pass_on`): where the
// program blocks them they are queued again behind a mask that is now real, so that they wander to a thread that does
// not, to a `sigwait`, or wait. C because it is a signal handler. Everything it calls is async-signal-safe.
#include "threads/signal_sharing.h"
#include "base/arch_x86_64.h"
#include "cpu/cpu.h"
#include "threads/thread_state.h"
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic(bool (*)(siginfo_t *, void *)) on_request;
static _Atomic(void (*)(void)) on_displaced;

static _Atomic bool held, shared;
/// What the program believes, with `lock` held.
static struct sigaction believed;
static _Atomic bool lock;

bool lab_signal_is_held(void) { return atomic_load_explicit(&held, memory_order_acquire); }
bool lab_signal_is_shared(void) { return atomic_load_explicit(&shared, memory_order_acquire); }
bool lab_signal_is_masked(void) { return lab_signal_is_held() && !lab_signal_is_shared(); }

// MARK: - Marks

/// Whose address our requests carry.
static const char request_mark, adoption_mark;
/// Set in what our timers' signals carry: user space has no such addresses.
static const uint64_t timer_mark = 1ull << 63;

void *lab_signal_mark(unsigned session, const void *entry) {
  return (void *)(timer_mark | (uint64_t)(session & 0xffff) << 47 | (uint64_t)(uintptr_t)entry);
}

static int send(int tid, const void *mark) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = SIGPROF;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_value.sival_ptr = (void *)mark;
  return (int)syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGPROF, &info);
}

int lab_signal_request(int tid) { return send(tid, &request_mark); }

// MARK: - In the handler

static void block_from_now_on(ucontext_t *context) {
  sigaddset(&context->uc_sigmask, SIGPROF);
  lab_thread_state.blocks = false;
}

/// A signal that would have come without us as well.
static void pass_on(siginfo_t *info, ucontext_t *context) {
  atomic_store(&shared, true);
  lab_signal_restore_descriptors();
  if (lab_thread_state.is_own || lab_thread_state.blocks) {
    block_from_now_on(context);
    int tid = (int)syscall(SYS_gettid);
    if (info->si_code == SI_TKILL && !lab_thread_state.is_own) {
      syscall(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGPROF, info);
      return;
    }
    // Only the main thread may pretend that the kernel or another process sent it.
    if (syscall(SYS_rt_sigqueueinfo, getpid(), SIGPROF, info) != 0) syscall(SYS_kill, getpid(), SIGPROF);
    return;
  }
  if (believed.sa_handler == SIG_IGN) return;
  // Ends the program as soon as this handler returns.
  lab_real_sigaction(SIGPROF, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), SIGPROF);
}

static bool asks(siginfo_t *info, void *context) {
  bool (*action)(siginfo_t *, void *) = atomic_load(&on_request);
  return action && action(info, context);
}

static void on_sigprof(int signal, siginfo_t *info, void *context) {
  (void)signal;
  int saved = errno;
  const void *mark = info->si_value.sival_ptr;
  if (info->si_code == SI_TIMER && (uintptr_t)mark & timer_mark) {
    lab_cpu_on_signal(info, context);
  } else if (info->si_code == SI_QUEUE && mark == &request_mark) {
    asks(info, context);
  } else if (info->si_code == SI_QUEUE && mark == &adoption_mark) {
    if (lab_thread_state.blocks) block_from_now_on(context);
  } else if (!(info->si_code == SI_USER && info->si_pid == 0 && asks(info, context))) {
    // The kernel forgets what a signal carries when too many are queued; then a request looks like nobody's.
    pass_on(info, context);
  }
  errno = saved;
}

// MARK: - Outside it

static sigset_t every_signal(void) {
  sigset_t all;
  sigfillset(&all);
  return all;
}

/// With all signals blocked, for `sigaction` may be called in a handler that interrupted the owner of the lock.
static sigset_t take_lock(void) {
  sigset_t all = every_signal(), before;
  lab_real_sigmask(SIG_SETMASK, &all, &before);
  while (atomic_exchange_explicit(&lock, true, memory_order_acquire)) sched_yield();
  return before;
}

static void give_lock(sigset_t before) {
  atomic_store_explicit(&lock, false, memory_order_release);
  lab_real_sigmask(SIG_SETMASK, &before, NULL);
}

void lab_signal_on_request(bool (*action)(siginfo_t *, void *)) { atomic_store(&on_request, action); }
void lab_signal_on_displaced(void (*action)(void)) { atomic_store(&on_displaced, action); }

bool lab_signal_is_ours(void) {
  struct sigaction current;
  return lab_real_sigaction(SIGPROF, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) &&
         current.sa_sigaction == on_sigprof;
}

static int install(void) {
  struct sigaction current;
  if (lab_signal_is_ours()) return 0;
  if (lab_real_sigaction(SIGPROF, NULL, &current) != 0) return -1;
  if ((current.sa_flags & SA_SIGINFO) || (current.sa_handler != SIG_DFL && current.sa_handler != SIG_IGN)) return -1;
  believed = current;
  // Everything is blocked meanwhile: another handler that jumped away would leave a record half written.
  struct sigaction ours = {
      .sa_sigaction = on_sigprof, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK, .sa_mask = every_signal()};
  if (lab_real_sigaction(SIGPROF, &ours, NULL) != 0) return -1;
  atomic_store(&shared, false);
  atomic_store(&held, true);
  return 0;
}

int lab_signal_install(void) {
  sigset_t before = take_lock();
  int result = install();
  give_lock(before);
  return result;
}

struct sigaction lab_signal_believe(const struct sigaction *disposition) {
  sigset_t before = take_lock();
  struct sigaction former = believed;
  if (disposition) {
    believed = *disposition;
    // As the kernel would give it back.
    believed.sa_flags |= LAB_ACTION_FLAGS;
    sigdelset(&believed.sa_mask, SIGKILL);
    sigdelset(&believed.sa_mask, SIGSTOP);
  }
  give_lock(before);
  return former;
}

/// Has every thread that believes to block SIGPROF do so; waits for those that run, but not long.
static void adopt_masks(void) {
  uint64_t deadline = lab_nanoseconds(CLOCK_MONOTONIC) + 50000000;
  while (lab_threads_ask_blocking(&adoption_mark, send) > 0 && lab_nanoseconds(CLOCK_MONOTONIC) < deadline)
    sched_yield();
}

static void displace(void) {
  void (*action)(void) = atomic_load(&on_displaced);
  if (action) action();
  adopt_masks();
  // Ignoring a signal throws away what is pending, on every thread.
  lab_real_sigaction(SIGPROF, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
  lab_real_sigaction(SIGPROF, &believed, NULL);
  atomic_store(&held, false);
}

void lab_signal_displace(void) {
  sigset_t before = take_lock();
  // The mask to come back to is the real one by then.
  bool blocks = lab_thread_state.blocks;
  if (lab_signal_is_held()) displace();
  if (blocks) {
    sigaddset(&before, SIGPROF);
    lab_thread_state.blocks = false;
  }
  give_lock(before);
}

static void after_fork_in_child(void) { atomic_store(&lock, false); }

__attribute__((constructor(101))) static void prepare_signal(void) { pthread_atfork(NULL, NULL, after_fork_in_child); }
