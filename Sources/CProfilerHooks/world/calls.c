// Lets a thread sleep on that was stopped in its sleep.
//
// Most system calls go on by themselves after a handler. Those that wait for a time or for descriptors end early, and a
// thread that was to sleep for an hour would wake when the heap is looked at. Which call it was the kernel says in
// /proc/self/task/N/syscall while it lasts; the handler has it made again, for what is left of the time.
//
// Two may be off: a sleep that does not ask for what is left begins anew, and a poll with a limit ends early, as
// signal(7) has programs expect. Not so where the program is ending: a thread that woke then might end it sooner and
// otherwise, by returning from main, so that every call begins anew. C, because it changes the registers of a signal
// frame. It calls the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/system_call.h"
#include "threads/kernel_threads.h"
#include "world/world.h"
#include <errno.h>
#include <signal.h>
#include <string.h>

_Atomic bool lab_calls_all_go_on;

/// Reads a number in hexadecimal after `0x`, or in decimal; false if there is none.
static bool take_number(const char **at, uintptr_t *out) {
  while (**at == ' ') (*at)++;
  bool is_hex = (*at)[0] == '0' && (*at)[1] == 'x';
  if (is_hex) *at += 2;
  const char *start = *at;
  for (*out = 0;; (*at)++) {
    int digit = **at >= '0' && **at <= '9' ? **at - '0' : is_hex && **at >= 'a' && **at <= 'f' ? **at - 'a' + 10 : -1;
    if (digit < 0) return *at > start;
    *out = *out * (is_hex ? 16 : 10) + (uintptr_t)digit;
  }
}

/// The file's one line is `running`; or the call's number, its six arguments, sp and pc; or, of a thread that the
/// kernel keeps for another reason, -1, sp and pc. Source: proc(5).
bool lab_call_read(int tid, lab_kernel_call *out) {
  char text[256];
  *out = (lab_kernel_call){0};
  if (lab_task_file_read(tid, "syscall", text, sizeof text) <= 0) return false;
  const char *next = text;
  if (memcmp(text, "-1 ", 3) == 0) {
    out->number = LAB_NO_CALL;
    next += 2;
  } else {
    if (!take_number(&next, &out->number)) return false;
    for (unsigned i = 0; i < LAB_CALL_ARGUMENTS; i++)
      if (!take_number(&next, &out->arguments[i])) return false;
  }
  return take_number(&next, &out->sp) && take_number(&next, &out->pc) && out->sp != 0;
}

/// Whether another signal waits that the program handles: this one is to end the call.
static bool another_waits(const ucontext_t *context) {
  uint64_t waiting = 0, blocked;
  memcpy(&blocked, &context->uc_sigmask, sizeof blocked);
  lab_system_call(SYS_rt_sigpending, &waiting, sizeof waiting);
  return (waiting & ~blocked & ~(1ull << (SIGPROF - 1))) != 0;
}

void lab_call_go_on(const lab_kernel_call *call, ucontext_t *context) {
  if (call->sp == 0 || call->number == LAB_NO_CALL || !lab_call_was_interrupted(context, call)) return;
  lab_kernel_call again = *call;
  const uintptr_t *arguments = call->arguments;
  switch (call->number) {
  // The kernel has written what is left of the time, where it was asked to.
  case SYS_nanosleep:
    if (arguments[1] != 0) again.arguments[0] = arguments[1];
    break;
  case SYS_clock_nanosleep:
    if (arguments[3] != 0 && !(arguments[1] & TIMER_ABSTIME)) again.arguments[2] = arguments[3];
    break;
  // These have it in what they were given.
  case SYS_pselect6: case SYS_ppoll: break;
#ifdef SYS_select // What newer architectures have no numbers for.
  case SYS_select: break;
#endif
  // These have no limit, and the mask of sigsuspend is set anew.
  case SYS_rt_sigsuspend: break;
#ifdef SYS_pause
  case SYS_pause: break;
#endif
  // sem_timedwait: up to a moment, not for a time.
  case SYS_futex:
    if ((arguments[1] & FUTEX_CMD_MASK) != FUTEX_WAIT_BITSET && !lab_calls_all_go_on) return;
    break;
  // These wait for ever if the limit is negative.
#ifdef SYS_poll
  case SYS_poll:
    if ((int)arguments[2] >= 0 && !lab_calls_all_go_on) return;
    break;
#endif
#ifdef SYS_epoll_wait
  case SYS_epoll_wait:
#endif
  case SYS_epoll_pwait:
    if ((int)arguments[3] >= 0 && !lab_calls_all_go_on) return;
    break;
  case SYS_rt_sigtimedwait:
    if (arguments[2] != 0 && !lab_calls_all_go_on) return;
    break;
  default:
    if (!lab_calls_all_go_on) return;
  }
  if (!another_waits(context)) lab_call_again(context, &again);
}

void lab_call_made_again(ucontext_t *context) {
  if (!lab_call_has_failed(context, EINTR)) return;
  lab_kernel_call call = lab_call_before(context);
  lab_call_go_on(&call, context);
}
#endif
