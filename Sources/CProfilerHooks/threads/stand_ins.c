// Stands in for the default of signals, without the program's noticing.
//
// A disposition that is within reach is only remembered; any other is installed, and ours with it gone. A handler that
// the program wants called once (SA_RESETHAND) is called by way of ours, which then stands: else the kernel would put
// back the default without our knowledge. C because its functions are called in signal handlers. Everything here is
// async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/stand_ins.h"
#include "base/hidden.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "threads/signal_sharing.h"
#include "threads/thread.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

static struct place {
  lab_stand_in_handler handler; ///< null: no matter of ours
  unsigned reach;
  bool stands;     ///< the kernel has ours, and `believed` is what the program believes
  bool interrupts; ///< what `siginterrupt` was told last
  struct sigaction believed;
} places[NSIG];
static struct lab_lock lock;
static void (*on_replaced)(int number);
static pid_t owner;

void lab_stand_in_on_replaced(void (*action)(int number)) { on_replaced = action; }

static bool is_handler(const struct sigaction *action) {
  return action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN;
}

/// Whether it is a handler that prints where the program crashed and lets it end, such as Swift's, which has these
/// flags and no other. Source: Swift, stdlib/public/runtime/CrashHandlerLinux.cpp.
static bool reports_crashes(const struct sigaction *action) {
  int flags = action->sa_flags & ~LAB_ACTION_FLAGS;
  return is_handler(action) && flags == (SA_ONSTACK | SA_SIGINFO | SA_NODEFER);
}

static bool is_in_reach(const struct place *place, const struct sigaction *action) {
  if (action->sa_handler == SIG_DFL) return place->reach & LAB_BEFORE_DEFAULT;
  if (action->sa_handler == SIG_IGN) return place->reach & LAB_BEFORE_IGNORED;
  return place->reach & LAB_BEFORE_REPORTERS && reports_crashes(action);
}

static void call_but_once(int number, siginfo_t *info, void *context);

/// With the lock held.
static int stand(int number, const struct sigaction *believed) {
  struct place *place = &places[number];
  // All are blocked but SIGPROF: threads that wait in our handler must be stopped for a look at the heap.
  struct sigaction ours = {.sa_sigaction = place->handler, .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
  sigfillset(&ours.sa_mask);
  sigdelset(&ours.sa_mask, SIGPROF);
  if (is_handler(believed)) {
    ours.sa_flags = (believed->sa_flags | SA_SIGINFO) & ~(int)SA_RESETHAND;
    ours.sa_mask = believed->sa_mask;
    if (believed->sa_flags & (int)SA_RESETHAND) ours.sa_sigaction = call_but_once;
  }
  if (lab_real.sigaction(number, &ours, NULL) != 0) return -1;
  place->believed = *believed;
  place->stands = true;
  return 0;
}

/// In a child by vfork, which shares our memory but not what the kernel has of signals: notes nothing.
static int change_in_child(int number, const struct sigaction *wanted, struct sigaction *former) {
  const struct place *place = &places[number];
  struct sigaction now;
  if (lab_real.sigaction(number, wanted, &now) != 0) return -1;
  bool is_ours = now.sa_sigaction == place->handler || now.sa_sigaction == call_but_once;
  if (former) *former = is_ours ? place->believed : now;
  return 0;
}

/// With the lock held.
static int change(int number, const struct sigaction *wanted, struct sigaction *former) {
  if (getpid() != owner) return change_in_child(number, wanted, former);
  struct place *place = &places[number];
  struct sigaction before = place->believed;
  if (!place->stands && lab_real.sigaction(number, NULL, &before) != 0) return -1;
  // Swift's runtime, which is loaded to write a profile, would report the crashes of a program that is none of its own.
  if (wanted && !lab_self.writes) {
    struct sigaction copy = *wanted;
    // As the kernel would give it back.
    copy.sa_flags |= LAB_ACTION_FLAGS;
    sigdelset(&copy.sa_mask, SIGKILL);
    sigdelset(&copy.sa_mask, SIGSTOP);
    bool is_ours = is_in_reach(place, &copy) || (is_handler(&copy) && copy.sa_flags & (int)SA_RESETHAND);
    if (is_ours ? stand(number, &copy) != 0 : lab_real.sigaction(number, wanted, NULL) != 0) return -1;
    place->stands = is_ours;
    if (is_handler(&copy) && !is_in_reach(place, &copy) && on_replaced) on_replaced(number);
  }
  if (former) *former = before;
  return 0;
}

/// Calls a handler of the program's that is to be called once, with our own in its place again.
static void call_but_once(int number, siginfo_t *info, void *context) {
  int saved = errno;
  sigset_t before = lab_lock_signals(&lock);
  struct sigaction once = places[number].believed, usual = once;
  // All else stays, as it does in the kernel.
  usual.sa_handler = SIG_DFL;
  // On another thread it may have been called meanwhile: then this one comes after it.
  bool is_first = is_handler(&once);
  if (is_first) change(number, &usual, NULL);
  lab_stand_in_handler next = is_first ? once.sa_sigaction : places[number].handler;
  lab_unlock_signals(&lock, before);
  errno = saved;
  if (next) __attribute__((musttail)) return next(number, info, context);
}

bool lab_stand_in(int number, unsigned reach, lab_stand_in_handler handler) {
  struct sigaction now;
  sigset_t before = lab_lock_signals(&lock);
  struct place *place = &places[number];
  owner = getpid();
  *place = (struct place){.handler = handler, .reach = reach};
  if (lab_real.sigaction(number, NULL, &now) == 0) {
    bool goes_before = is_in_reach(place, &now) || (is_handler(&now) && reach & LAB_BEFORE_REPORTERS);
    place->stands = goes_before && stand(number, &now) == 0;
  }
  bool stands = place->stands;
  lab_unlock_signals(&lock, before);
  return stands;
}

struct sigaction lab_stand_in_believed(int number) {
  struct sigaction believed = {.sa_handler = SIG_DFL};
  sigset_t before = lab_lock_signals(&lock);
  if (places[number].stands) believed = places[number].believed;
  else lab_real.sigaction(number, NULL, &believed);
  lab_unlock_signals(&lock, before);
  return believed;
}

/// Has the kernel have what the program believes, unless it has another handler by now: of bare system calls we are not
/// told, and beside a sanitizer of none.
static void install_believed(int number) {
  const struct place *place = &places[number];
  struct sigaction now;
  if (!place->stands || lab_real.sigaction(number, NULL, &now) != 0) return;
  if (now.sa_sigaction == place->handler || now.sa_sigaction == call_but_once)
    lab_real.sigaction(number, &place->believed, NULL);
}

/// With the lock held.
static void give_back(int number) {
  install_believed(number);
  places[number].handler = NULL;
  places[number].stands = false;
}

void lab_stand_in_end(int number) {
  sigset_t before = lab_lock_signals(&lock);
  if (getpid() == owner) give_back(number);
  // In a child by vfork nothing is noted: see change_in_child.
  else install_believed(number);
  lab_unlock_signals(&lock, before);
}

void lab_stand_ins_end(void) {
  sigset_t before = lab_lock_signals(&lock);
  for (int number = 1; number < NSIG; number++)
    if (places[number].handler) give_back(number);
  lab_unlock_signals(&lock, before);
}

// MARK: - For signal_calls.c

bool lab_stand_in_knows(int number) {
  return number > 0 && number < NSIG && places[number].handler != NULL;
}

int lab_stand_in_change(int number, const struct sigaction *disposition, struct sigaction *former) {
  sigset_t before = lab_lock_signals(&lock);
  int result = change(number, disposition, former);
  int error = errno;
  lab_unlock_signals(&lock, before);
  errno = error;
  return result;
}

bool lab_stand_in_interrupts(int number) { return places[number].interrupts; }
void lab_stand_in_interrupt(int number, bool interrupts) { places[number].interrupts = interrupts; }

/// A thread that is not in the child may have held it.
static void after_fork_in_child(void) { lab_lock_reset(&lock); }

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_stand_ins(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
