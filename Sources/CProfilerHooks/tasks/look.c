// C, because it is a signal handler. What threads write lies in memory that is never unmapped: one may answer late.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/look.h"
#include "base/clock.h"
#include "base/hidden.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "lab_labels.h"
#include "lab_memory.h"
#include "tasks/task.h"
#include "threads/kernel_threads.h"
#include "threads/signal.h"
#include "unwind/unwind.h"
#include "world/world.h"
#include <errno.h>

LAB_HIDE_THIS_FILE

enum lab_look_state { LOOK_FREE = 0, LOOK_ASKED, LOOK_WRITING, LOOK_DONE };

/// How many threads are asked at a time.
enum { LOOKS = 32 };
/// For how long the next answer is waited for from those that may yet give one.
static const uint64_t patience = 2000000000;

static struct look {
  struct lab_look told;
  lab_kernel_call call; ///< that the thread was in when it was asked
} *_Atomic looks;
static unsigned requests;

static void walk(struct lab_look *look, struct lab_registers from) {
  const struct lab_task *task = lab_self.task_session == LAB_LOAD(&lab_task_session) ? lab_self.task : NULL;
  look->task = task == NULL ? 0 : task->id;
  look->labels = lab_labels_current();
  look->depth = lab_walk_stack(from, look->pcs, LAB_TASK_MOST_FRAMES, 1).depth;
}

/// The word that the kernel has just refused to have the thread own, for whoever owns it waits for this thread. Swift's
/// runtime asks again and again where it initialises variables in a ring.
static uintptr_t refused(const ucontext_t *context) {
  uint32_t operation = (uint32_t)lab_call_argument(context, 1) & FUTEX_CMD_MASK;
  return lab_call_has_failed(context, EDEADLK) && operation == FUTEX_LOCK_PI ? lab_call_argument(context, 0) : 0;
}

/// In the handler, with all signals blocked.
static bool on_request(siginfo_t *info, void *context) {
  (void)info;
  struct look *all = LAB_ACQUIRE(&looks);
  int self = lab_gettid();
  for (int i = 0; all != NULL && i < LOOKS; i++) {
    struct look *look = &all[i];
    uint32_t asked = LOOK_ASKED;
    if (look->told.tid != self) continue;
    if (!atomic_compare_exchange_strong(&look->told.state, &asked, LOOK_WRITING)) continue;
    uint64_t began = lab_ticks();
    look->told.refused = refused(context);
    walk(&look->told, lab_registers_of(context));
    // It has gone on since the kernel was asked.
    if (look->told.activity == LAB_THREAD_WAITS && !lab_call_lasted(lab_registers_of(context), &look->call)) {
      look->told.activity = LAB_THREAD_RUNS;
      look->told.call = -1;
    }
    lab_call_go_on(&look->call, context);
    look->told.ticks = lab_ticks() - began;
    LAB_RELEASE(&look->told.state, LOOK_DONE);
    return true;
  }
  return false;
}

/// What the kernel says that the thread does.
static void note_activity(struct look *look) {
  bool waits = lab_call_read(look->told.tid, &look->call);
  look->told.call = waits && look->call.number != LAB_NO_CALL ? (int)look->call.number : -1;
  look->told.activity = waits                                    ? LAB_THREAD_WAITS
                        : lab_thread_is_runnable(look->told.tid) ? LAB_THREAD_RUNS
                                                                 : LAB_THREAD_IS_UNKNOWN;
}

/// Asks a thread where it is, if it may be asked; the calling one tells at once.
static void ask(struct look *look, int tid, bool may_ask) {
  look->told.tid = tid;
  look->told.depth = 0;
  look->told.task = 0;
  look->told.labels = 0;
  look->told.ticks = 0;
  look->told.refused = 0;
  bool is_own = tid == lab_gettid();
  if (is_own) {
    look->told.activity = LAB_THREAD_RUNS;
    look->told.call = -1;
    walk(&look->told, lab_registers_here());
  } else {
    note_activity(look);
  }
  LAB_RELEASE(&look->told.state, is_own || !may_ask ? LOOK_FREE : LOOK_ASKED);
  if (!is_own && may_ask && lab_signal_request(requests, tid) != 0) LAB_RELEASE(&look->told.state, LOOK_FREE);
}

/// Whether the thread will not hear the question. One that has heard it blocks signals, too, in the handler, and a busy
/// machine may keep it there before it has come to the question: of one that does not sleep that is to be found often.
static bool is_deaf(int tid, unsigned *times) {
  enum { TIMES = 32 };
  lab_thread_status status;
  if (!lab_thread_status_read(tid, &status)) return false;
  *times = status.blocks_signal ? *times + 1 : 0;
  return status.is_dead || (status.blocks_signal && (status.is_asleep || *times >= TIMES));
}

/// Waits for an answer; takes the question back if there will be none. Whether there was one.
static bool await_answer(struct look *look, uint64_t deadline) {
  unsigned times_deaf = 0;
  for (unsigned spins = 0;; spins++) {
    uint32_t state = LAB_ACQUIRE(&look->told.state);
    if (state == LOOK_DONE || state == LOOK_FREE) return state == LOOK_DONE;
    if (spins < 50) {
      lab_yield();
      continue;
    }
    // Asked again, too: a timer's signal that was already waiting swallowed the first one.
    bool is_gone = spins % 16 == 0 && lab_signal_request(requests, look->told.tid) == -ESRCH;
    bool is_lost = is_gone || (spins % 16 == 8 && is_deaf(look->told.tid, &times_deaf));
    if (state == LOOK_ASKED && (is_lost || lab_now() > deadline) &&
        atomic_compare_exchange_strong(&look->told.state, &state, LOOK_FREE))
      return false;
    lab_sleep(100000);
  }
}

void lab_look_at_threads(const int *tids, size_t count,
                         void (*visit)(const struct lab_look *look, size_t place, void *context), void *context) {
  struct look *all = LAB_ACQUIRE(&looks);
  if (all == NULL) {
    if ((all = lab_own_map(LOOKS * sizeof *all)) == NULL) return;
    LAB_RELEASE(&looks, all);
  }
  bool may_ask = lab_signal_install() == 0;
  uint64_t deadline = lab_now() + patience;
  for (size_t first = 0; first < count; first += LOOKS) {
    size_t here = count - first < LOOKS ? count - first : LOOKS;
    for (size_t i = 0; i < here; i++) ask(&all[i], tids[first + i], may_ask);
    for (size_t i = 0; i < here; i++) {
      // As long as some answer, thousands of threads on a busy machine are a matter of time.
      if (await_answer(&all[i], deadline)) deadline = lab_now() + patience;
      visit(&all[i].told, first + i, context);
      LAB_RELEASE(&all[i].told.state, LOOK_FREE);
    }
  }
}

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_look(void) {
  requests = lab_signal_register_requests(on_request);
}
#endif
