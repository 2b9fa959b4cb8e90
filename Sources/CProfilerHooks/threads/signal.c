// Shares SIGPROF with the program, which goes on as if it were alone.
//
// Our handler stays in the kernel while the program believes that its own disposition does: SIG_DFL or SIG_IGN is only
// remembered (`lab_signal_believe`). A handler of the program's own displaces us. SIGPROF is kept out of the masks that
// the kernel is given, so that threads which block everything are sampled as well; what the program believes of its
// mask is in `lab_self.blocks`.
//
// Signals that are not ours are recognized by what they carry, and go where they would have gone (`pass_on`): where the
// program blocks them they are queued again behind a mask that is now real, so that they wander to a thread that does
// not, to a `sigwait`, or wait. C because it is a signal handler. Everything it calls is async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/signal_sharing.h"
#include "base/clock.h"
#include "base/lock.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "threads/thread.h"
#include <stdlib.h>
#include <errno.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static _Atomic bool held, shared;
/// What the program believes, with `lock` held.
static struct sigaction believed;
static struct lab_lock lock;

bool lab_signal_is_held(void) { return atomic_load_explicit(&held, memory_order_acquire); }
bool lab_signal_is_shared(void) { return atomic_load_explicit(&shared, memory_order_acquire); }
bool lab_signal_is_masked(void) { return lab_signal_is_held() && !lab_signal_is_shared(); }

// MARK: - Who wants what

enum { REGISTRANTS = 16, DISPLACED = 4 };
static struct {
  _Atomic(lab_signal_action) action;
  bool takes_requests;
  char mark; ///< its address is what a request carries
} registrants[REGISTRANTS];
static unsigned registered;
static _Atomic(void (*)(void)) on_displaced[DISPLACED];
static unsigned displaced_count;

static unsigned add(lab_signal_action action, bool takes_requests) {
  unsigned number = registered++;
  // One engine too many: to be seen by who adds it, before main.
  if (number >= REGISTRANTS) abort();
  registrants[number].takes_requests = takes_requests;
  atomic_store(&registrants[number].action, action);
  return number;
}

unsigned lab_signal_register_timers(lab_signal_action action) { return add(action, false); }
unsigned lab_signal_register_requests(lab_signal_action action) { return add(action, true); }
void lab_signal_on_displaced(void (*action)(void)) {
  if (displaced_count == DISPLACED) abort();
  atomic_store(&on_displaced[displaced_count++], action);
}

// MARK: - Marks

/// Whose address the request carries by which threads make believed masks true.
static const char adoption_mark;

/// Set in what our timers' signals carry: user space has no such addresses. Below it the registrant's number, the
/// session and an address.
static const uint64_t timer_mark = 1ull << 63;
enum { NUMBER_SHIFT = 59, SESSION_SHIFT = LAB_USER_BITS };
_Static_assert((uint64_t)LAB_SIGNAL_SESSIONS << SESSION_SHIFT <= 1ull << NUMBER_SHIFT, "sessions do not reach the number");

void *lab_signal_mark(unsigned number, unsigned session, const void *address) {
  return (void *)(timer_mark | (uint64_t)number << NUMBER_SHIFT |
                  (uint64_t)(session % LAB_SIGNAL_SESSIONS) << SESSION_SHIFT | (uint64_t)(uintptr_t)address);
}

static uint64_t mark_of(const siginfo_t *info) { return (uint64_t)(uintptr_t)info->si_value.sival_ptr; }

unsigned lab_signal_session(const siginfo_t *info) {
  return (unsigned)(mark_of(info) >> SESSION_SHIFT) % LAB_SIGNAL_SESSIONS;
}

void *lab_signal_address(const siginfo_t *info) {
  return (void *)(uintptr_t)(mark_of(info) & ((1ull << LAB_USER_BITS) - 1));
}

static int request(int tid, const void *mark) {
  siginfo_t info;
  memset(&info, 0, sizeof info);
  info.si_signo = SIGPROF;
  info.si_code = SI_QUEUE;
  info.si_pid = getpid();
  info.si_value.sival_ptr = (void *)mark;
  return (int)lab_system_call(SYS_rt_tgsigqueueinfo, getpid(), tid, SIGPROF, &info);
}

int lab_signal_request(unsigned number, int tid) { return request(tid, &registrants[number].mark); }

// MARK: - In the handler

static void block_from_now_on(ucontext_t *context) {
  sigaddset(&context->uc_sigmask, SIGPROF);
  lab_thread_believes(false);
}

/// A signal that would have come without us as well.
static void pass_on(siginfo_t *info, ucontext_t *context) {
  atomic_store(&shared, true);
  lab_signal_restore_descriptors();
  if (lab_self.is_own || lab_self.blocks) {
    block_from_now_on(context);
    if (info->si_code == SI_TKILL && !lab_self.is_own) {
      lab_system_call(SYS_rt_tgsigqueueinfo, getpid(), lab_gettid(), SIGPROF, info);
      return;
    }
    // Only the main thread may pretend that the kernel or another process sent it.
    if (lab_system_call(SYS_rt_sigqueueinfo, getpid(), SIGPROF, info) != 0)
      lab_system_call(SYS_kill, getpid(), SIGPROF);
    return;
  }
  if (believed.sa_handler == SIG_IGN) return;
  // Ends the program as soon as this handler returns.
  lab_real.sigaction(SIGPROF, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
  lab_system_call(SYS_tgkill, getpid(), lab_gettid(), SIGPROF);
}

static bool act(unsigned number, siginfo_t *info, void *context) {
  lab_signal_action action = atomic_load(&registrants[number].action);
  return action && action(info, context);
}

/// Whom a request is for; REGISTRANTS if it is none.
static unsigned asked_by(const void *mark) {
  unsigned number = 0;
  while (number < REGISTRANTS && mark != &registrants[number].mark) number++;
  return number;
}

/// The kernel forgets what a signal carries when too many are queued; then a request looks like nobody's.
static bool was_forgotten(siginfo_t *info, void *context) {
  if (info->si_code != SI_USER || info->si_pid != 0) return false;
  for (unsigned number = 0; number < REGISTRANTS; number++)
    if (registrants[number].takes_requests && act(number, info, context)) return true;
  return false;
}

static void on_sigprof(int signal, siginfo_t *info, void *context) {
  (void)signal;
  int saved = errno;
  const void *mark = info->si_value.sival_ptr;
  if (info->si_code == SI_TIMER && mark_of(info) & timer_mark) {
    act(mark_of(info) >> NUMBER_SHIFT & (REGISTRANTS - 1), info, context);
  } else if (info->si_code == SI_QUEUE && asked_by(mark) < REGISTRANTS) {
    act(asked_by(mark), info, context);
  } else if (info->si_code == SI_QUEUE && mark == &adoption_mark) {
    if (lab_self.blocks) block_from_now_on(context);
  } else if (!was_forgotten(info, context)) {
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

bool lab_signal_is_ours(void) {
  struct sigaction current;
  return lab_real.sigaction(SIGPROF, NULL, &current) == 0 && (current.sa_flags & SA_SIGINFO) &&
         current.sa_sigaction == on_sigprof;
}

static int install(void) {
  struct sigaction current;
  if (lab_signal_is_ours()) return 0;
  if (lab_real.sigaction(SIGPROF, NULL, &current) != 0) return -1;
  if ((current.sa_flags & SA_SIGINFO) || (current.sa_handler != SIG_DFL && current.sa_handler != SIG_IGN)) return -1;
  believed = current;
  // Everything is blocked meanwhile: another handler that jumped away would leave a record half written.
  struct sigaction ours = {
      .sa_sigaction = on_sigprof, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK, .sa_mask = every_signal()};
  if (lab_real.sigaction(SIGPROF, &ours, NULL) != 0) return -1;
  atomic_store(&shared, false);
  atomic_store(&held, true);
  return 0;
}

int lab_signal_install(void) {
  sigset_t before = lab_lock_signals(&lock);
  int result = install();
  lab_unlock_signals(&lock, before);
  return result;
}

struct sigaction lab_signal_believe(const struct sigaction *disposition) {
  sigset_t before = lab_lock_signals(&lock);
  struct sigaction former = believed;
  if (disposition) {
    believed = *disposition;
    // As the kernel would give it back.
    believed.sa_flags |= LAB_ACTION_FLAGS;
    sigdelset(&believed.sa_mask, SIGKILL);
    sigdelset(&believed.sa_mask, SIGSTOP);
  }
  lab_unlock_signals(&lock, before);
  return former;
}

/// Asks every thread that believes to block SIGPROF to do so; returns how many have not yet.
static int ask_to_adopt(void) {
  int asked = 0;
  for (uint32_t i = 0; i < lab_thread_count(); i++) {
    const struct lab_thread *thread = lab_thread_at(i);
    if (!thread || thread == lab_self.thread || LAB_ACQUIRE(&thread->state) != LAB_THREAD_LIVE) continue;
    if (LAB_LOAD(&thread->blocks) && request(LAB_LOAD(&thread->tid), &adoption_mark) == 0) asked++;
  }
  return asked;
}

/// Waits for those that run, but not long.
static void adopt_masks(void) {
  uint64_t deadline = lab_now() + 50000000;
  while (ask_to_adopt() > 0 && lab_now() < deadline) lab_yield();
}

static void displace(void) {
  for (unsigned i = 0; i < DISPLACED; i++) {
    void (*action)(void) = atomic_load(&on_displaced[i]);
    if (action) action();
  }
  adopt_masks();
  // Ignoring a signal throws away what is pending, on every thread.
  lab_real.sigaction(SIGPROF, &(struct sigaction){.sa_handler = SIG_IGN}, NULL);
  lab_real.sigaction(SIGPROF, &believed, NULL);
  atomic_store(&held, false);
}

void lab_signal_displace(void) {
  sigset_t before = lab_lock_signals(&lock);
  // The mask to come back to is the real one by then.
  bool blocks = lab_self.blocks;
  if (lab_signal_is_held()) displace();
  if (blocks) {
    sigaddset(&before, SIGPROF);
    lab_thread_believes(false);
  }
  lab_unlock_signals(&lock, before);
}

static void after_fork_in_child(void) { lab_lock_reset(&lock); }

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_signal(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
