// Stops all threads but the calling one and the profiler's own, and lets them go again.
//
// Each is sent SIGPROF, the one signal that libdispatch's workers do not block; its handler writes down the registers
// and sleeps on a futex. C, because it is a signal handler. While threads stand still nothing here allocates or locks.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "lab_memory.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include "threads/signal.h"
#include "world/world.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { THREADS = 32768 };

/// The world being stopped; null when none is. Handlers that come late find nothing to do.
static _Atomic(lab_stopped_world *) stopping;
/// What handlers sleep on: changes when they may go.
static _Atomic uint32_t released;
/// Handlers that are still reading `stopping`.
static _Atomic uint32_t inside;
_Atomic uint32_t lab_world_is_stopped;
/// Who stopped it.
static int stopper, stopper_process;
static unsigned requests;

static lab_stopped_thread *thread_of(lab_stopped_world *world, int tid) {
  for (uint32_t i = 0, n = LAB_ACQUIRE(&world->count); i < n; i++)
    if (world->threads[i].tid == tid) return &world->threads[i];
  return NULL;
}

/// Waits until the world that is stopped now goes on. Async-signal-safe.
static void await_release(void) {
  while (LAB_ACQUIRE(&lab_world_is_stopped) != 0) lab_futex_wait(&lab_world_is_stopped, 1, NULL);
}

static void stand_still(lab_stopped_thread *self, ucontext_t *context) {
  struct lab_registers registers = lab_registers_of(context);
  lab_copy_registers(context, self->registers);
  lab_vectors_of(context, self->vectors, self->vectors_end);
  self->sp = registers.sp;
  // Code that calls the kernel keeps nothing below: what lies there is left from earlier calls.
  if (!lab_enters_kernel(registers.pc)) self->sp -= LAB_RED_ZONE;
  self->pointer = lab_thread_pointer();
  uint32_t seen = LAB_ACQUIRE(&released);
  // A thread that was given up, or whose world has moved on, must not stop; one that was taken to be asleep just now, for
  // it waited on its way here, must. What is written above is seen by whoever sees it stand still.
  uint32_t asked = LAB_STOP_ASKED;
  if (!atomic_compare_exchange_strong(&self->state, &asked, LAB_STOP_STOPPED)) {
    if (asked == LAB_STOP_ASLEEP) await_release();
    return;
  }
  while (LAB_ACQUIRE(&released) == seen)
    lab_futex_wait(&released, seen, NULL);
  lab_call_go_on(&self->call, context);
  LAB_RELEASE(&self->state, LAB_STOP_RESUMED);
}

void lab_world_hold(void) {
  int tid = lab_gettid();
  // The child of a fork has nobody to let it go.
  if (tid == stopper || getpid() != stopper_process || lab_thread_is_own(tid)) return;
  await_release();
}

/// What the shared handler of SIGPROF does with a signal from lab_world_stop. Async-signal-safe.
static bool on_request(siginfo_t *info, void *context) {
  (void)info;
  bool asked = false;
  atomic_fetch_add(&inside, 1);
  lab_stopped_world *world = atomic_load(&stopping);
  if (world != NULL) {
    lab_stopped_thread *self = thread_of(world, lab_gettid());
    asked = self != NULL;
    uint32_t state = self == NULL ? LAB_STOP_GONE : LAB_ACQUIRE(&self->state);
    if (state == LAB_STOP_ASKED) stand_still(self, context);
    // One that was taken to be asleep has woken.
    else if (state == LAB_STOP_ASLEEP) await_release();
  }
  atomic_fetch_sub(&inside, 1);
  return asked;
}

bool lab_world_open(lab_stopped_world *world) {
  *world = (lab_stopped_world){.capacity = THREADS};
  world->threads = lab_own_map(THREADS * sizeof(lab_stopped_thread));
  return world->threads != NULL;
}

void lab_world_close(lab_stopped_world *world) {
  // Nobody finds the world any more; whoever found it before has to be done with it.
  while (atomic_load(&inside) > 0) lab_sleep(50000);
  lab_own_unmap(world->threads, THREADS * sizeof(lab_stopped_thread));
  world->threads = NULL;
}

/// False if it has answered meanwhile.
static bool settle_as(lab_stopped_thread *thread, enum lab_stop_state state) {
  uint32_t asked = LAB_STOP_ASKED;
  return atomic_compare_exchange_strong(&thread->state, &asked, state);
}

/// Who is being asked to stop, and how many were.
struct asking {
  lab_stopped_world *world;
  int self, asked;
};

static void ask(int tid, void *context) {
  struct asking *asking = context;
  lab_stopped_world *world = asking->world;
  uint32_t count = LAB_LOAD(&world->count);
  if (tid == asking->self || lab_thread_is_own(tid) || thread_of(world, tid) != NULL) return;
  if (count >= world->capacity) return;
  lab_stopped_thread *thread = &world->threads[count];
  thread->tid = tid;
  LAB_STORE(&thread->state, LAB_STOP_ASKED);
  lab_call_read(tid, &thread->call);
  thread->cpu_time = lab_thread_cpu_time(tid);
  LAB_RELEASE(&world->count, count + 1);
  if (lab_signal_request(requests, tid) != 0) settle_as(thread, LAB_STOP_GONE);
  asking->asked++;
}

/// Asks every thread of the process that was not asked yet; returns how many that were, or -1 without /proc.
static int ask_threads(lab_stopped_world *world) {
  struct asking asking = {world, lab_gettid(), 0};
  return lab_each_kernel_thread(ask, &asking) == 0 ? asking.asked : -1;
}

/// If the thread sleeps in a system call with our signal blocked it cannot touch the heap unless it wakes. What it wrote
/// before is seen here: it gave its processor's queue of threads away, by the lock that the kernel takes to say where it
/// sleeps. What a thread says of itself that answers just then is left alone.
static bool is_asleep(lab_stopped_thread *thread, const lab_thread_status *status) {
  lab_kernel_call call;
  if (!lab_call_read(thread->tid, &call)) return false;
  if (!settle_as(thread, LAB_STOP_ASLEEP)) return true;
  thread->sp = call.sp;
  thread->call = call;
  thread->switches = status->switches;
  return true;
}

/// As long as a thread may run without taking the signal: the kernel gives it to a thread before that goes on, so this
/// is a thread that blocks it. Many times longer than one needs that blocks it for a moment, at its start or end.
#define RUN_NANOSECONDS 50000000ull
/// How many times the patience a thread is waited for that does not get to run.
#define WAITS 20

/// Looks at a thread that has not answered yet; false if it is given up. Time is not the measure: on a busy machine a
/// thread may wait long for a processor, and as long as it does not run it changes nothing.
static bool look_after(lab_stopped_thread *thread, uint64_t start, uint64_t patience) {
  if (lab_signal_request(requests, thread->tid) == -ESRCH) {
    settle_as(thread, LAB_STOP_GONE);
    return true;
  }
  uint64_t waited = lab_now() - start;
  lab_thread_status status;
  bool is_known = lab_thread_status_read(thread->tid, &status);
  if (is_known && status.is_dead) {
    settle_as(thread, LAB_STOP_GONE);
    return true;
  }
  bool is_patient = waited < patience;
  if (((is_known && status.blocks_signal) || !is_patient) && is_asleep(thread, &status)) return true;
  if (is_patient) return true;
  uint64_t used = lab_thread_cpu_time(thread->tid);
  bool has_run = used > thread->cpu_time && used - thread->cpu_time >= RUN_NANOSECONDS;
  return !has_run && waited < WAITS * patience;
}

/// Waits until none of the asked threads runs.
static bool await_answers(lab_stopped_world *world, uint64_t start, uint64_t patience) {
  for (uint32_t i = 0; i < world->count; i++) {
    lab_stopped_thread *thread = &world->threads[i];
    for (unsigned spins = 0; LAB_ACQUIRE(&thread->state) == LAB_STOP_ASKED; spins++) {
      if (spins < 100) {
        lab_yield();
        continue;
      }
      // Asked again, too: a timer's signal that was already waiting swallowed the first one.
      if (spins % 16 == 0 && !look_after(thread, start, patience)) {
        world->culprit = thread->tid;
        return false;
      }
      lab_sleep(100000);
    }
  }
  return true;
}

enum lab_world_status lab_world_stop(lab_stopped_world *world, uint64_t patience) {
  LAB_STORE(&world->count, 0);
  world->culprit = 0;
  if (lab_signal_install() != 0) return LAB_WORLD_FOREIGN_HANDLER;
  atomic_store(&stopping, world);
  stopper = lab_gettid();
  stopper_process = getpid();
  uint64_t start = lab_now();
  /// A thread may be born while others are being asked; only when none is new do all stand still.
  for (;;) {
    int asked = ask_threads(world);
    if (asked < 0) return LAB_WORLD_NO_LIST;
    if (!await_answers(world, start, patience)) return LAB_WORLD_NOT_STOPPED;
    if (asked == 0) break;
    /// From now on whoever wakes is held as soon as it allocates or frees.
    atomic_store(&lab_world_is_stopped, 1);
  }
  return LAB_WORLD_OK;
}

uint32_t lab_world_woken(const lab_stopped_world *world) {
  uint32_t woken = 0;
  for (uint32_t i = 0; i < world->count; i++) {
    const lab_stopped_thread *thread = &world->threads[i];
    if (thread->state != LAB_STOP_ASLEEP) continue;
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
    uint32_t asked = LAB_STOP_ASKED;
    atomic_compare_exchange_strong(&world->threads[i].state, &asked, LAB_STOP_GONE);
  }
  atomic_store(&stopping, NULL);
  atomic_store(&lab_world_is_stopped, 0);
  lab_futex_wake(&lab_world_is_stopped, INT_MAX);
  atomic_fetch_add(&released, 1);
  lab_futex_wake(&released, INT_MAX);
}

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_stop(void) {
  requests = lab_signal_register_requests(on_request);
}
#endif
