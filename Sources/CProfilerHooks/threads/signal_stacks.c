// Gives threads a stack for signal handlers (sigaltstack), so that a crash for want of stack is handled like others:
// without one the kernel ends the process on the spot.
//
// The program sees none, and what it installs takes the place of ours. C because it stands before a function of libc.
// Not async-signal-safe, except the hook.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "threads/signal_stacks.h"
#include "base/start_order.h"
#include "hooks/hooks.h"
#include "lab_memory.h"
#include "threads/births.h"
#include <sys/auxv.h>

LAB_HIDE_THIS_FILE

#if LAB_INTERPOSES
/// What the kernel puts there is as large as the processor's registers; the rest is for handlers.
enum { FOR_HANDLERS = 48 << 10 };
static size_t bytes;
static _Atomic bool is_on;

/// Of a thread from the pool, made once and left to the next one.
static stack_t stack_of(struct lab_thread *thread) {
  if (!thread->signal_stack) thread->signal_stack = lab_own_map(bytes);
  return (stack_t){.ss_sp = thread->signal_stack, .ss_size = bytes};
}

static void give(struct lab_thread *thread) {
  stack_t now, ours;
  if (!LAB_LOAD(&is_on) || lab_real.sigaltstack(NULL, &now) != 0 || !(now.ss_flags & SS_DISABLE)) return;
  ours = stack_of(thread);
  if (ours.ss_sp) lab_real.sigaltstack(&ours, NULL);
}

static bool is_ours(const stack_t *stack) {
  return lab_self.thread && stack->ss_sp && stack->ss_sp == lab_self.thread->signal_stack;
}

/// It is the next thread's now.
static void take_back(struct lab_thread *thread, bool unused) {
  (void)unused;
  stack_t now;
  if (!thread->signal_stack || lab_real.sigaltstack(NULL, &now) != 0 || now.ss_sp != thread->signal_stack) return;
  lab_real.sigaltstack(&(stack_t){.ss_flags = SS_DISABLE}, NULL);
}

void lab_signal_stacks_begin(void) {
  bytes = (getauxval(AT_MINSIGSTKSZ) + FOR_HANDLERS + LAB_PAGE - 1) / LAB_PAGE * LAB_PAGE;
  atomic_store(&is_on, true);
  if (lab_self.thread) give(lab_self.thread);
}

int LAB_BODY(sigaltstack)(const stack_t *wanted, stack_t *former) {
  stack_t before;
  if (lab_real.sigaltstack(wanted, &before) != 0) return -1;
  if (wanted && wanted->ss_flags & SS_DISABLE && lab_self.thread) give(lab_self.thread);
  if (former) *former = is_ours(&before) ? (stack_t){.ss_flags = SS_DISABLE} : before;
  return 0;
}

static struct lab_thread_watcher watcher = {.begins = give, .ends = take_back};

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_signal_stacks(void) {
  lab_threads_watch(&watcher);
}
#else
void lab_signal_stacks_begin(void) {}
#endif
#endif
