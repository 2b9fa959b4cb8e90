// The functions of libc by which a program sets, blocks or awaits signals of ours, SIGPROF above all: they answer as if
// we were not there.
//
// C, because they take libc's place. As safe in signal handlers as the real ones.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "threads/signal_sharing.h"
#include "threads/stand_ins.h"
#include "threads/thread.h"
#include <errno.h>
#include <sys/signalfd.h>

LAB_HIDE_THIS_FILE

bool lab_signal_block(bool blocks) {
  uint64_t set = 1ull << (SIGPROF - 1), before = 0;
  lab_system_call(SYS_rt_sigprocmask, blocks ? SIG_BLOCK : SIG_UNBLOCK, &set, &before, sizeof set);
  return before & set;
}

#if LAB_INTERPOSES
// Programs call the old ones too.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

typedef __sighandler_t handler;

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

static sigset_t only(int number) {
  sigset_t set = nothing();
  sigaddset(&set, number);
  return set;
}

/// For a signal that we stand in for, by the one way that there is: what `signal` and its like do. The former handler.
static handler change(int number, handler function, int flags, sigset_t mask) {
  struct sigaction wanted = {.sa_handler = function, .sa_flags = flags, .sa_mask = mask}, former;
  if (function == SIG_ERR) return errno = EINVAL, SIG_ERR;
  return lab_stand_in_change(number, &wanted, &former) == 0 ? former.sa_handler : SIG_ERR;
}

int LAB_BODY(sigaction)(int number, const struct sigaction *disposition, struct sigaction *former) {
  if (lab_stand_in_knows(number)) return lab_stand_in_change(number, disposition, former);
  if (number != SIGPROF || !lab_signal_is_held() || (disposition && !is_believed(number, disposition->sa_handler)))
    return lab_real.sigaction(number, disposition, former);
  struct sigaction before = lab_signal_believe(disposition);
  if (former) *former = before;
  return 0;
}

handler LAB_BODY(signal)(int number, handler function) {
  if (lab_stand_in_knows(number))
    return change(number, function, lab_stand_in_interrupts(number) ? 0 : SA_RESTART, only(number));
  if (!is_believed(number, function)) return lab_real.signal(number, function);
  return believe(function, SA_RESTART, only(SIGPROF));
}
LAB_TAKES_PLACE handler bsd_signal(int number, handler function) { return signal(number, function); }
LAB_TAKES_PLACE handler ssignal(int number, handler function) { return signal(number, function); }

handler LAB_BODY(__sysv_signal)(int number, handler function) {
  if (lab_stand_in_knows(number)) return change(number, function, (int)(SA_RESETHAND | SA_NODEFER), nothing());
  return is_believed(number, function) ? believe(function, (int)(SA_RESETHAND | SA_NODEFER), nothing())
                                       : lab_real.__sysv_signal(number, function);
}
LAB_TAKES_PLACE handler sysv_signal(int number, handler function) { return __sysv_signal(number, function); }

/// A signal that is held is blocked, and its disposition stays.
static handler set_or_hold(int number, handler function) {
  sigset_t set = only(number), before;
  struct sigaction now;
  handler former = SIG_ERR;
  if (function != SIG_HOLD) former = change(number, function, 0, nothing());
  else if (lab_stand_in_change(number, NULL, &now) == 0) former = now.sa_handler;
  if (former == SIG_ERR) return SIG_ERR;
  pthread_sigmask(function == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, &set, &before);
  return sigismember(&before, number) ? SIG_HOLD : former;
}

handler LAB_BODY(sigset)(int number, handler function) {
  if (lab_stand_in_knows(number)) return set_or_hold(number, function);
  if (number != SIGPROF || !lab_signal_is_held() || (function != SIG_HOLD && !is_believed(number, function)))
    return lab_real.sigset(number, function);
  sigset_t set = only(SIGPROF), before;
  pthread_sigmask(function == SIG_HOLD ? SIG_BLOCK : SIG_UNBLOCK, &set, &before);
  handler former = function == SIG_HOLD ? lab_signal_believe(NULL).sa_handler : believe(function, 0, nothing());
  return sigismember(&before, SIGPROF) ? SIG_HOLD : former;
}

int LAB_BODY(sigignore)(int number) {
  if (lab_stand_in_knows(number)) return change(number, SIG_IGN, 0, nothing()) == SIG_ERR ? -1 : 0;
  if (!is_believed(number, SIG_IGN)) return lab_real.sigignore(number);
  believe(SIG_IGN, 0, nothing());
  return 0;
}

/// Matters to handlers alone. Of SIGPROF the program has none.
int LAB_BODY(siginterrupt)(int number, int flag) {
  if (lab_stand_in_knows(number)) {
    struct sigaction now;
    lab_stand_in_interrupt(number, flag);
    if (lab_stand_in_change(number, NULL, &now) != 0) return -1;
    now.sa_flags = flag ? now.sa_flags & ~SA_RESTART : now.sa_flags | SA_RESTART;
    return lab_stand_in_change(number, &now, NULL);
  }
  return number == SIGPROF && lab_signal_is_held() ? 0 : lab_real.siginterrupt(number, flag);
}

// MARK: - Masks

/// What is asked of a mask, as the kernel is to be told it.
static int change_mask(__typeof__(&sigprocmask) change, int how, const sigset_t *set, sigset_t *former) {
    bool believed = lab_self.blocks, names = set && sigismember(set, SIGPROF) == 1, believes = believed;
  if (!lab_signal_is_masked()) {
    // What was only believed becomes true.
    if (believed) lab_signal_block(true);
    lab_thread_believes(false);
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
  lab_thread_believes(believes);
  if (former && believed) sigaddset(former, SIGPROF);
  return 0;
}

int LAB_BODY(pthread_sigmask)(int how, const sigset_t *set, sigset_t *former) {
  return change_mask(lab_real.pthread_sigmask, how, set, former);
}
int LAB_BODY(sigprocmask)(int how, const sigset_t *set, sigset_t *former) {
  return change_mask(lab_real.sigprocmask, how, set, former);
}

static int change_one(int how, int number, int (*real)(int)) {
  if (number != SIGPROF || !lab_signal_is_masked()) return real(number);
  sigset_t set = only(SIGPROF);
  return sigprocmask(how, &set, NULL);
}
int LAB_BODY(sighold)(int number) { return change_one(SIG_BLOCK, number, lab_real.sighold); }
int LAB_BODY(sigrelse)(int number) { return change_one(SIG_UNBLOCK, number, lab_real.sigrelse); }

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
int LAB_BODY(sigblock)(int mask) { return change_old_mask(SIG_BLOCK, mask, lab_real.sigblock); }
int LAB_BODY(sigsetmask)(int mask) { return change_old_mask(SIG_SETMASK, mask, lab_real.sigsetmask); }

/// While no signal of the program's has come, one that is pending is ours.
int LAB_BODY(sigpending)(sigset_t *set) {
  int result = lab_real.sigpending(set);
  if (result == 0 && lab_signal_is_masked()) sigdelset(set, SIGPROF);
  return result;
}

// MARK: - Waiting for signals

static int wait_for(const sigset_t *set, siginfo_t *info, const struct timespec *limit) {
  while (lab_signal_is_masked() && sigismember(set, SIGPROF) == 1) {
    sigset_t told = *set;
    sigdelset(&told, SIGPROF);
    int result = lab_real.sigtimedwait(&told, info, limit);
    // The first signal of the program's own ended the wait, and is waiting now.
    if (result < 0 && errno == EINTR && !lab_signal_is_masked()) break;
    return result;
  }
  return lab_real.sigtimedwait(set, info, limit);
}

int LAB_BODY(sigtimedwait)(const sigset_t *set, siginfo_t *info, const struct timespec *limit) {
  return wait_for(set, info, limit);
}
int LAB_BODY(sigwaitinfo)(const sigset_t *set, siginfo_t *info) { return wait_for(set, info, NULL); }

int LAB_BODY(sigwait)(const sigset_t *set, int *number) {
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

static void forget_descriptor(int number) {
  for (int i = 0; i < DESCRIPTORS; i++) {
    int slot = number + 1;
    atomic_compare_exchange_strong(&descriptors[i].number, &slot, 0);
  }
}

static void remember_descriptor(int number, const sigset_t *mask) {
  forget_descriptor(number);
  for (int i = 0; i < DESCRIPTORS; i++) {
    int slot = atomic_load(&descriptors[i].number);
    if (slot != 0) continue;
    descriptors[i].mask = *(const uint64_t *)mask;
    atomic_store(&descriptors[i].number, number + 1);
    return;
  }
}

void lab_signal_restore_descriptors(void) {
  for (int i = 0; i < DESCRIPTORS; i++) {
    int slot = atomic_exchange(&descriptors[i].number, 0);
    // Of a number that means another file by now the kernel says so.
    if (slot != 0) lab_system_call(SYS_signalfd4, slot - 1, &descriptors[i].mask, sizeof descriptors[i].mask, 0);
  }
}

int LAB_BODY(signalfd)(int descriptor, const sigset_t *mask, int flags) {
  if (!lab_signal_is_masked() || sigismember(mask, SIGPROF) != 1) {
    int result = lab_real.signalfd(descriptor, mask, flags);
    if (result >= 0) forget_descriptor(result);
    return result;
  }
  sigset_t told = *mask;
  sigdelset(&told, SIGPROF);
  int result = lab_real.signalfd(descriptor, &told, flags);
  if (result >= 0) remember_descriptor(result, mask);
  return result;
}

// MARK: - Threads

bool lab_signal_thread_inherits(const pthread_attr_t *attributes) {
  sigset_t mask;
  if (attributes && pthread_attr_getsigmask_np(attributes, &mask) == 0) return sigismember(&mask, SIGPROF) == 1;
  return lab_self.blocks;
}

void lab_signal_thread_begins(bool creator_blocks) {
  if (lab_signal_is_masked()) {
    // Set in the kernel's mask where the creator's was set before we came.
    lab_thread_believes(lab_signal_block(false) || creator_blocks);
  } else if (creator_blocks) {
    lab_signal_block(true);
  }
}
#else
void lab_signal_restore_descriptors(void) {}
bool lab_signal_thread_inherits(const pthread_attr_t *attributes) {
  (void)attributes;
  return false;
}
void lab_signal_thread_begins(bool creator_blocks) { (void)creator_blocks; }
#endif
#endif
