// Stops all threads but the calling one and the profiler's own, and lets them go again.
//
// Each is sent SIGPROF, the one signal that libdispatch's workers do not block; its handler writes down the registers
// and sleeps on a futex. C, because it is a signal handler. While threads stand still nothing here allocates or locks.
#include "threads/signal_requests.h"
#include "threads/own_threads.h"
#include "leaks/leaks.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#define THREADS 32768

// The world being stopped; null when none is. Handlers that come late find nothing to do.
static lab_stopped_world *stopping;
// What handlers sleep on: changes when they may go.
static uint32_t released;
// Handlers that are still reading `stopping`.
static uint32_t inside;
uint32_t lab_world_is_stopped;
// Who stopped it.
static int stopper, stopper_process;

uint64_t lab_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void doze(long nanoseconds) {
  struct timespec time = {0, nanoseconds};
  syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &time, NULL);
}

static lab_stopped_thread *thread_of(lab_stopped_world *world, int tid) {
  for (uint32_t i = 0, n = __atomic_load_n(&world->count, __ATOMIC_ACQUIRE); i < n; i++)
    if (world->threads[i].tid == tid) return &world->threads[i];
  return NULL;
}

static void stand_still(lab_stopped_thread *self, ucontext_t *context) {
  struct lab_registers registers = lab_registers_of(context);
  memcpy(self->registers, context->uc_mcontext.gregs, sizeof self->registers);
  self->sp = registers.sp;
  // Code that calls the kernel keeps nothing below: what lies there is left from earlier calls.
  if (!lab_enters_kernel(registers.pc)) self->sp -= LAB_RED_ZONE;
  self->pointer = lab_thread_pointer();
  uint32_t seen = __atomic_load_n(&released, __ATOMIC_ACQUIRE);
  // A thread that was given up, or whose world has moved on, must not stop.
  uint32_t asked = LAB_THREAD_ASKED;
  if (!__atomic_compare_exchange_n(&self->state, &asked, LAB_THREAD_STOPPED, false, __ATOMIC_ACQ_REL,
                                   __ATOMIC_ACQUIRE))
    return;
  while (__atomic_load_n(&released, __ATOMIC_ACQUIRE) == seen)
    syscall(SYS_futex, &released, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
  lab_call_go_on(&self->call, context);
  __atomic_store_n(&self->state, LAB_THREAD_RESUMED, __ATOMIC_RELEASE);
}

// Waits until the world that is stopped now goes on. Async-signal-safe.
static void await_release(void) {
  while (__atomic_load_n(&lab_world_is_stopped, __ATOMIC_ACQUIRE) != 0)
    syscall(SYS_futex, &lab_world_is_stopped, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
}

void lab_world_hold(void) {
  int tid = (int)syscall(SYS_gettid);
  // The child of a fork has nobody to let it go.
  if (tid == stopper || getpid() != stopper_process || lab_thread_is_own(tid)) return;
  int error = errno;
  await_release();
  errno = error;
}

// What the shared handler of SIGPROF does with a signal from lab_world_stop. Async-signal-safe.
static bool on_request(siginfo_t *info, void *context) {
  (void)info;
  bool asked = false;
  __atomic_add_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  lab_stopped_world *world = __atomic_load_n(&stopping, __ATOMIC_SEQ_CST);
  if (world != NULL) {
    lab_stopped_thread *self = thread_of(world, (int)syscall(SYS_gettid));
    asked = self != NULL;
    uint32_t state = self == NULL ? LAB_THREAD_GONE : __atomic_load_n(&self->state, __ATOMIC_ACQUIRE);
    if (state == LAB_THREAD_ASKED) stand_still(self, context);
    // One that was taken to be asleep has woken.
    else if (state == LAB_THREAD_ASLEEP) await_release();
  }
  __atomic_sub_fetch(&inside, 1, __ATOMIC_SEQ_CST);
  return asked;
}

bool lab_world_open(lab_stopped_world *world) {
  *world = (lab_stopped_world){.capacity = THREADS};
  world->threads = lab_own_map(THREADS * sizeof(lab_stopped_thread));
  return world->threads != NULL;
}

void lab_world_close(lab_stopped_world *world) {
  // Nobody finds the world any more; whoever found it before has to be done with it.
  while (__atomic_load_n(&inside, __ATOMIC_SEQ_CST) > 0) doze(50000);
  lab_own_unmap(world->threads, THREADS * sizeof(lab_stopped_thread));
  world->threads = NULL;
}

static int parse_number(const char *text) {
  int number = 0;
  for (; *text >= '0' && *text <= '9' && number < INT_MAX / 10; text++) number = number * 10 + (*text - '0');
  return *text == 0 ? number : 0;
}

// Asks every thread of the process that was not asked yet; returns how many that were, or -1 without /proc.
static int ask_threads(lab_stopped_world *world) {
  struct entry {
    uint64_t inode, next;
    unsigned short bytes;
    unsigned char type;
    char name[];
  };
  int directory = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return -1;
  int self = (int)syscall(SYS_gettid), asked = 0;
  char buffer[8192] __attribute__((aligned(8)));
  long bytes;
  while ((bytes = syscall(SYS_getdents64, directory, buffer, sizeof buffer)) > 0)
    for (long at = 0; at < bytes;) {
      const struct entry *entry = (const struct entry *)(buffer + at);
      at += entry->bytes;
      int tid = parse_number(entry->name);
      if (tid <= 0 || tid == self || lab_thread_is_own(tid) || thread_of(world, tid) != NULL) continue;
      if (world->count >= world->capacity) continue;
      lab_stopped_thread *thread = &world->threads[world->count];
      thread->tid = tid;
      thread->state = LAB_THREAD_ASKED;
      lab_call_read(tid, &thread->call);
      thread->cpu_time = lab_thread_cpu_time(tid);
      __atomic_store_n(&world->count, world->count + 1, __ATOMIC_RELEASE);
      if (lab_signal_request(tid) != 0) thread->state = LAB_THREAD_GONE;
      asked++;
    }
  syscall(SYS_close, directory);
  return asked;
}

// If the thread sleeps in a system call with our signal blocked it cannot touch the heap unless it wakes.
static bool is_asleep(lab_stopped_thread *thread, const lab_thread_status *status) {
  lab_kernel_call call;
  if (!lab_call_read(thread->tid, &call)) return false;
  thread->sp = call.sp;
  thread->call = call;
  thread->switches = status->switches;
  return true;
}

static void settle_as(lab_stopped_thread *thread, lab_thread_state state) {
  uint32_t asked = LAB_THREAD_ASKED;
  __atomic_compare_exchange_n(&thread->state, &asked, state, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

// As long as a thread may run without taking the signal: the kernel gives it to a thread before that goes on, so this is
// a thread that blocks it. Many times longer than one needs that blocks it for a moment, at its start or end.
#define RUN_NANOSECONDS 50000000ull
// How many times the patience a thread is waited for that does not get to run.
#define WAITS 20

// Looks at a thread that has not answered yet; false if it is given up. Time is not the measure: on a busy machine a thread
// may wait long for a processor, and as long as it does not run it changes nothing.
static bool look_after(lab_stopped_thread *thread, uint64_t start, uint64_t patience) {
  if (lab_signal_request(thread->tid) != 0 && errno == ESRCH) {
    settle_as(thread, LAB_THREAD_GONE);
    return true;
  }
  uint64_t waited = lab_now() - start;
  lab_thread_status status;
  bool is_known = lab_thread_status_read(thread->tid, &status);
  if (is_known && status.is_dead) {
    settle_as(thread, LAB_THREAD_GONE);
    return true;
  }
  bool is_patient = waited < patience;
  if (((is_known && status.blocks_signal) || !is_patient) && is_asleep(thread, &status)) {
    settle_as(thread, LAB_THREAD_ASLEEP);
    return true;
  }
  if (is_patient) return true;
  uint64_t used = lab_thread_cpu_time(thread->tid);
  bool has_run = used > thread->cpu_time && used - thread->cpu_time >= RUN_NANOSECONDS;
  return !has_run && waited < WAITS * patience;
}

// Waits until none of the asked threads runs.
static bool await_answers(lab_stopped_world *world, uint64_t start, uint64_t patience) {
  for (uint32_t i = 0; i < world->count; i++) {
    lab_stopped_thread *thread = &world->threads[i];
    for (unsigned spins = 0; __atomic_load_n(&thread->state, __ATOMIC_ACQUIRE) == LAB_THREAD_ASKED; spins++) {
      if (spins < 100) {
        syscall(SYS_sched_yield);
        continue;
      }
      // Asked again, too: a timer's signal that was already waiting swallowed the first one.
      if (spins % 16 == 0 && !look_after(thread, start, patience)) {
        world->culprit = thread->tid;
        return false;
      }
      doze(100000);
    }
  }
  return true;
}

lab_leaks_status lab_world_stop(lab_stopped_world *world, uint64_t patience) {
  world->count = 0;
  world->culprit = 0;
  if (lab_signal_install() != 0) return LAB_LEAKS_FOREIGN_HANDLER;
  lab_signal_on_request(on_request);
  __atomic_store_n(&stopping, world, __ATOMIC_SEQ_CST);
  stopper = (int)syscall(SYS_gettid);
  stopper_process = getpid();
  uint64_t start = lab_now();
  // A thread may be born while others are being asked; only when none is new do all stand still.
  for (;;) {
    int asked = ask_threads(world);
    if (asked < 0) return LAB_LEAKS_NO_MAPS;
    if (!await_answers(world, start, patience)) return LAB_LEAKS_NOT_STOPPED;
    if (asked == 0) break;
    // From now on whoever wakes is held as soon as it allocates or frees.
    __atomic_store_n(&lab_world_is_stopped, 1, __ATOMIC_SEQ_CST);
  }
  return LAB_LEAKS_OK;
}

uint32_t lab_world_woken(const lab_stopped_world *world) {
  uint32_t woken = 0;
  for (uint32_t i = 0; i < world->count; i++) {
    const lab_stopped_thread *thread = &world->threads[i];
    if (thread->state != LAB_THREAD_ASLEEP) continue;
    lab_thread_status status;
    lab_kernel_call call;
    bool is_same = lab_thread_status_read(thread->tid, &status) && status.switches == thread->switches &&
                   lab_call_read(thread->tid, &call) && memcmp(&call, &thread->call, sizeof call) == 0;
    woken += !is_same;
  }
  return woken;
}

void lab_world_resume(lab_stopped_world *world) {
  // Whoever was asked and did not answer must not stop any more.
  for (uint32_t i = 0; i < world->count; i++) {
    uint32_t asked = LAB_THREAD_ASKED;
    __atomic_compare_exchange_n(&world->threads[i].state, &asked, LAB_THREAD_GONE, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_ACQUIRE);
  }
  __atomic_store_n(&stopping, NULL, __ATOMIC_SEQ_CST);
  __atomic_store_n(&lab_world_is_stopped, 0, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &lab_world_is_stopped, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
  __atomic_add_fetch(&released, 1, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &released, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
}
