// Has profiles written before a signal ends the program.
//
// The handler only wakes our thread, for whoever was hit may own any lock; it returns, and the program runs on until
// all is written. Then the thread puts back the default and raises the signal again, so that whoever waits for the
// process sees what it would have seen. A thread whose system call the signal has ended stays in the handler: it would
// wake from its sleep. After a crash the handler waits, and then the former one, or the kernel, gets what we got.
//
// C because these are signal handlers. Everything that they call is async-signal-safe.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/signals.h"
#include "base/arch.h"
#include "base/clock.h"
#include "base/hidden.h"
#include "base/system_call.h"
#include "environment/sessions.h"
#include "environment/stderr.h"
#include "environment/writer.h"
#include "hooks/hooks.h"
#include "threads/signal_stacks.h"
#include "threads/stand_ins.h"
#include "threads/thread.h"
#include "world/world.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

/// Names, without SIG: of those that end a program by default, of those that come of a crash, and of those that only
/// may ask for a look.
#define ENDS(X) \
  X(INT) X(TERM) X(HUP) X(QUIT) X(ALRM) X(USR1) X(USR2) X(PIPE) X(XCPU) X(XFSZ) X(VTALRM) X(IO) X(PWR) X(STKFLT)
#define CRASHES(X) X(SEGV) X(ILL) X(TRAP) X(ABRT) X(BUS) X(FPE) X(SYS)
#define OTHERS(X) X(URG) X(CONT) X(WINCH)

static const struct named {
  int number;
  const char *name, *crash;
} names[] = {
#define ROW(name) {SIG##name, #name, "when the program crashed (SIG" #name ")"},
    ENDS(ROW) CRASHES(ROW) OTHERS(ROW)
#undef ROW
};
#define NUMBER(name) SIG##name,
static const int ends[] = {ENDS(NUMBER)}, crashes[] = {CRASHES(NUMBER)};
#undef NUMBER
enum { NAMES = sizeof names / sizeof *names };

static const struct named *named(int number) {
  for (size_t i = 0; i < NAMES; i++)
    if (names[i].number == number) return &names[i];
  return NULL;
}

/// The signal that ends the process, and the thread it came to; 0: none.
static _Atomic int ending, ending_thread;
static int look_signal;
static _Atomic bool has_crashed;
/// Of the timer that looks after the writer: whether it goes on.
static struct lab_waiting watched;
static _Atomic bool is_watched;
/// Nobody changes it: threads sleep on it until the process ends.
static const _Atomic uint32_t never;

bool lab_signal_is_ending(void) { return LAB_LOAD(&ending) != 0; }

void lab_signal_await_end(void) {
  uint64_t limit = lab_now() + 11 * LAB_PATIENCE;
  lab_thread_rests(true);
  while (lab_now() < limit) lab_futex_wait(&never, 0, &(struct timespec){1, 0});
}

// MARK: - By default

static void change_mask(int how, const int *numbers, size_t count) {
  uint64_t set = 0;
  for (size_t i = 0; i < count; i++) set |= 1ull << (numbers[i] - 1);
  lab_system_call(SYS_rt_sigprocmask, how, &set, NULL, sizeof set);
}

static void raise_on(int tid, int number) { lab_system_call(SYS_tgkill, getpid(), tid, number); }

static void set_default(int number) { lab_real.sigaction(number, &(struct sigaction){.sa_handler = SIG_DFL}, NULL); }

/// Has the signal do what it does by default to this thread, as soon as it does not block it.
static void let_end(int number) {
  set_default(number);
  raise_on(lab_gettid(), number);
}

/// What the timer's signals carry.
static const char watch_mark;

static bool is_watch(const siginfo_t *info) {
  return info->si_code == SI_TIMER && info->si_value.sival_ptr == (void *)&watch_mark;
}

static const char killed[] = "lab: a second signal came before the profile was written; nothing is written";
static const char given_up[] = "lab: the profile was not written in time; nothing is written";

/// Whether the thread must not go on, for it would notice: the signal has ended a system call that the kernel does not
/// make again, the program itself has sent it, or the thread has written where it may not.
static bool would_notice(int number, const siginfo_t *info, const ucontext_t *context) {
  bool is_own = info->si_code <= 0 && info->si_code != SI_TIMER && info->si_pid == getpid();
  return is_own || number == SIGPIPE || number == SIGXFSZ || lab_call_has_failed(context, EINTR);
}

/// Has a signal come to this thread four times a second, by which it is seen whether it gets on.
static int watch(int number) {
  struct sigevent event = {0};
  int timer;
  event.sigev_notify = SIGEV_THREAD_ID;
  event.sigev_signo = number;
  event.sigev_value.sival_ptr = (void *)&watch_mark;
  event._sigev_un._tid = lab_gettid();
  watched = lab_waiting_begin();
  atomic_store(&is_watched, true);
  change_mask(SIG_UNBLOCK, &number, 1);
  if (lab_system_call(SYS_timer_create, CLOCK_MONOTONIC, &event, &timer) != 0) return -1;
  struct itimerspec often = {{0, 250000000}, {0, 250000000}};
  lab_system_call(SYS_timer_settime, timer, 0, &often, NULL);
  return timer;
}

static void on_end(int number, siginfo_t *info, void *context) {
  int saved = errno, none = 0;
  if (!lab_sessions_are_open()) {
    let_end(number);
  } else if (!lab_writer_is_there()) {
    lab_say("lab: the thread that writes has ended with a crash; nothing more is written", NULL);
    let_end(number);
  } else if (is_watch(info)) {
    // On the thread that is watched by it, mostly the writer's own.
    if (LAB_LOAD(&is_watched) && !lab_waiting_goes_on(&watched, LAB_PATIENCE)) {
      lab_say(given_up, NULL);
      let_end(number);
    }
  } else if (atomic_compare_exchange_strong(&ending, &none, number)) {
    atomic_store(&ending_thread, lab_gettid());
    if (lab_self.thread) LAB_STORE(&lab_self.thread->woken, lab_now());
    lab_writer_ask(LAB_ASK_SIGNAL, NULL);
    // The writer may be writing already, because the recording is over by itself, or have done so just now. One of the two
    // sees the other's store, for both have a fence between it and their look: here and in lab_signals_leave.
    atomic_thread_fence(memory_order_seq_cst);
    if (!lab_sessions_are_open()) let_end(number);
    else if (lab_writer_ends_recording()) watch(number);
    if (would_notice(number, info, context)) {
      // A second one is to find somebody.
      change_mask(SIG_UNBLOCK, ends, sizeof ends / sizeof *ends);
      lab_thread_rests(true);
      for (;;) lab_futex_wait(&never, 0, NULL);
    }
  } else {
    lab_say(killed, NULL);
    let_end(number);
  }
  errno = saved;
}

/// Ends the process by a signal that came to a thread.
static void end_by(int number, int thread) {
  set_default(number);
  // There it would have come without us: a core says so. If that thread blocks it by now, here.
  if (thread != 0) raise_on(thread, number);
  lab_sleep(20000000);
  raise_on(lab_gettid(), number);
  change_mask(SIG_UNBLOCK, &number, 1);
}

void lab_signal_end_process(void) {
  int number = LAB_LOAD(&ending), thread = LAB_LOAD(&ending_thread), timer = watch(number);
  lab_sessions_write(LAB_WRITES_END, NULL);
  atomic_store(&is_watched, false);
  if (timer >= 0) lab_system_call(SYS_timer_delete, timer);
  end_by(number, thread);
}

// MARK: - Crashes

/// The profiler's own thread has crashed, in memory that the program damaged perhaps: it ends nothing but what it was
/// asked for.
static void stop_here(void) {
  lab_say("lab: the profiler itself crashed while it wrote; nothing is written", NULL);
  lab_writer_forget();
  int number = LAB_LOAD(&ending);
  if (number != 0) {
    set_default(number);
    raise_on(LAB_LOAD(&ending_thread), number);
    change_mask(SIG_UNBLOCK, &number, 1);
    raise_on(lab_gettid(), number);
  }
  for (;;) lab_futex_wait(&never, 0, NULL);
}

/// Whether what raised the signal will raise it again when the handler returns.
static bool comes_again(int number, const siginfo_t *info) {
  return info->si_code > 0 && number != SIGTRAP && number != SIGSYS;
}

/// Whether the thread itself has raised it, and not another process.
static bool is_of_this_thread(const siginfo_t *info) {
  return info->si_code > 0 || (info->si_code == SI_TKILL && info->si_pid == getpid());
}

void lab_signals_unblock_crashes(void) { change_mask(SIG_UNBLOCK, crashes, sizeof crashes / sizeof *crashes); }

/// Leaves a signal that was sent to the program to the program's threads.
static void leave_to_others(int number, ucontext_t *context) {
  sigaddset(&context->uc_sigmask, number);
  lab_system_call(SYS_kill, getpid(), number);
}

static void on_crash(int number, siginfo_t *info, void *context) {
  int saved = errno;
  if (lab_self.is_own && !is_of_this_thread(info)) return leave_to_others(number, context);
  if (is_of_this_thread(info)) lab_sessions_give_up();
  if (lab_self.is_own) stop_here();
  if (lab_sessions_are_open() && !atomic_exchange(&has_crashed, true)) {
    // SIGQUIT is no crash, though its handler may report one.
    if (number == SIGQUIT) lab_writer_do(LAB_ASK_LEAVE, NULL, LAB_PATIENCE);
    if (!lab_writer_do(LAB_ASK_CRASH, named(number)->crash, LAB_PATIENCE_AT_CRASH) && lab_sessions_are_open())
      lab_say(given_up, NULL);
    lab_writer_await_end();
  }
  struct sigaction former = lab_stand_in_believed(number);
  lab_stand_in_end(number);
  errno = saved;
  if (former.sa_handler != SIG_DFL && former.sa_handler != SIG_IGN)
    __attribute__((musttail)) return former.sa_sigaction(number, info, context);
  // To this thread, and as it came: it is blocked here, and comes when the handler returns.
  if (!comes_again(number, info))
    lab_system_call(SYS_rt_tgsigqueueinfo, getpid(), lab_gettid(), number, info);
}

void lab_signal_before_abort(void) {
  struct sigaction own = lab_stand_in_believed(SIGABRT);
  if (own.sa_handler == SIG_DFL || own.sa_sigaction == on_crash || !lab_sessions_are_open() || lab_self.is_own) return;
  if (!atomic_exchange(&has_crashed, true))
    lab_writer_do(LAB_ASK_CRASH, named(SIGABRT)->crash, LAB_PATIENCE_AT_CRASH);
}

/// Swift's runtime handles SIGQUIT as it does crashes; where nobody handles it, it ends the program like others.
static void on_quit(int number, siginfo_t *info, void *context) {
  __sighandler_t believed = lab_stand_in_believed(number).sa_handler;
  bool is_default = believed == SIG_DFL || lab_signal_is_ending();
  __attribute__((musttail)) return (is_default ? on_end : on_crash)(number, info, context);
}

// MARK: - Looks

static void on_look(int number, siginfo_t *info, void *context) {
  (void)info;
  int saved = errno;
  if (lab_sessions_are_open()) {
    if (lab_self.thread) LAB_STORE(&lab_self.thread->woken, lab_now());
    lab_writer_ask(LAB_ASK_LOOK, NULL);
    lab_call_made_again(context);
  } else if (lab_stand_in_believed(number).sa_handler == SIG_DFL) {
    let_end(number);
  }
  errno = saved;
}

static void on_replaced(int number) {
  if (number == look_signal)
    lab_say("lab: the program handles SIG", named(number)->name, " itself, so that it asks for no snapshot any more",
            NULL);
}

int lab_signal_named(const char *name) {
  char *end;
  if (strncmp(name, "SIG", 3) == 0) name += 3;
  long number = strtol(name, &end, 10);
  for (size_t i = 0; i < NAMES; i++) {
    bool is_meant = *end ? strcmp(names[i].name, name) == 0 : names[i].number == number;
    bool is_crash = false;
    for (size_t j = 0; j < sizeof crashes / sizeof *crashes; j++) is_crash |= names[i].number == crashes[j];
    if (is_meant && !is_crash) return names[i].number;
  }
  return 0;
}

// MARK: - Begin and end

void lab_signals_begin(int look) {
  look_signal = look;
  lab_signal_stacks_begin();
  lab_stand_in_on_replaced(on_replaced);
  // To the first process of a container the kernel does not send what it would die of.
  for (size_t i = 0; i < sizeof ends / sizeof *ends && getpid() != 1; i++)
    if (ends[i] == SIGQUIT) lab_stand_in(SIGQUIT, LAB_BEFORE_DEFAULT | LAB_BEFORE_REPORTERS, on_quit);
    else if (ends[i] != look) lab_stand_in(ends[i], LAB_BEFORE_DEFAULT, on_end);
  for (int number = SIGRTMIN; number <= SIGRTMAX && getpid() != 1; number++)
    lab_stand_in(number, LAB_BEFORE_DEFAULT, on_end);
  for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
    lab_stand_in(crashes[i], LAB_BEFORE_DEFAULT | LAB_BEFORE_REPORTERS, on_crash);
  if (look != 0 && !lab_stand_in(look, LAB_BEFORE_DEFAULT | LAB_BEFORE_IGNORED, on_look)) on_replaced(look);
}

void lab_signals_leave(void) {
  lab_stand_ins_end();
  atomic_thread_fence(memory_order_seq_cst);
  int number = LAB_LOAD(&ending);
  if (number != 0) end_by(number, LAB_LOAD(&ending_thread));
}

void lab_signals_end(void) {
  lab_stand_ins_end();
  // In the child of a fork nothing has happened yet.
  atomic_store(&ending, 0);
  atomic_store(&has_crashed, false);
}
#endif
