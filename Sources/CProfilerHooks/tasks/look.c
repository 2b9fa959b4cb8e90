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
/// For how long all together are waited for while they may yet answer.
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
    walk(&look->told, lab_registers_of(context));
    lab_call_go_on(&look->call, context);
    LAB_RELEASE(&look->told.state, LOOK_DONE);
    return true;
  }
  return false;
}

/// False if the thread can never answer.
static bool ask(struct look *look, int tid) {
  look->told.tid = tid;
  look->told.depth = 0;
  look->told.task = 0;
  look->told.labels = 0;
  if (tid == lab_gettid()) {
    walk(&look->told, lab_registers_here());
    return false;
  }
  lab_call_read(tid, &look->call);
  LAB_RELEASE(&look->told.state, LOOK_ASKED);
  return lab_signal_request(requests, tid) == 0;
}

/// Waits for an answer; takes the question back if there will be none.
static void await_answer(struct look *look, uint64_t deadline) {
  for (unsigned spins = 0;; spins++) {
    uint32_t state = LAB_ACQUIRE(&look->told.state);
    if (state == LOOK_DONE || state == LOOK_FREE) return;
    if (spins < 50) {
      lab_yield();
      continue;
    }
    // Asked again, too: a timer's signal that was already waiting swallowed the first one.
    bool is_gone = spins % 16 == 0 && lab_signal_request(requests, look->told.tid) == -ESRCH;
    lab_thread_status status;
    bool is_deaf = spins % 16 == 8 && lab_thread_status_read(look->told.tid, &status) &&
                   (status.is_dead || status.blocks_signal);
    if (state == LOOK_ASKED && (is_gone || is_deaf || lab_now() > deadline) &&
        atomic_compare_exchange_strong(&look->told.state, &state, LOOK_FREE))
      return;
    lab_sleep(100000);
  }
}

void lab_look_at_threads(const int *tids, size_t count, void (*visit)(const struct lab_look *look, void *context),
                         void *context) {
  struct look *all = LAB_ACQUIRE(&looks);
  if (all == NULL) {
    if ((all = lab_own_map(LOOKS * sizeof *all)) == NULL) return;
    LAB_RELEASE(&looks, all);
  }
  bool can_ask = lab_signal_install() == 0;
  uint64_t deadline = lab_now() + patience;
  for (size_t first = 0; first < count; first += LOOKS) {
    size_t here = count - first < LOOKS ? count - first : LOOKS;
    for (size_t i = 0; i < here; i++) {
      bool is_own = tids[first + i] == lab_gettid();
      if ((can_ask || is_own) && ask(&all[i], tids[first + i])) continue;
      if (!can_ask && !is_own) all[i].told.tid = tids[first + i], all[i].told.depth = 0, all[i].told.task = 0;
      LAB_RELEASE(&all[i].told.state, LOOK_FREE);
    }
    for (size_t i = 0; i < here; i++) {
      await_answer(&all[i], deadline);
      visit(&all[i].told, context);
      LAB_RELEASE(&all[i].told.state, LOOK_FREE);
    }
  }
}

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_look(void) {
  requests = lab_signal_register_requests(on_request);
}
#endif
