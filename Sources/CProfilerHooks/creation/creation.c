// Every thread that is made, by the stack that makes it: a count for each stack.
//
// C because it counts where pthread_create and thrd_create are hooked. It walks the stack and adds to a count; it neither
// locks nor allocates. Counts only grow, so that any number may look on, each from its own beginning.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_creation.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "base/sanitizers.h"
#include "base/start_order.h"
#include "lab_memory.h"
#include "lab_stacks.h"
#include "stacks/stacks.h"
#include "threads/births.h"
#include <pthread.h>

LAB_HIDE_THIS_FILE

struct count {
  _Atomic uint64_t made;
  uint64_t inherited; ///< what it was when a fork began this process
};

/// By number of a stack. Most pages of it are never touched.
static _Atomic(struct count *) counts;
static _Atomic uint32_t run;
static uint32_t runs;
static _Atomic uint64_t refused;

/// Called on the thread that makes another: with 1 before, and with -1 if the system made none. What the profiler makes
/// for itself is nobody's.
static void count_made(int threads) {
  if (LAB_ACQUIRE(&run) == 0 || lab_self.ignored > 0 || lab_self.is_own || lab_self.writes) return;
  bool is_cut;
  uint32_t stack = lab_stack_here(&is_cut);
  if (threads < 0) lab_count(&refused, 1);
  else if (is_cut) lab_lose(LAB_LOSS_threadcreate_truncated, 1);
  else if (stack == LAB_STACK_OVERFLOW) lab_lose(LAB_LOSS_threadcreate_table_full, 1);
  lab_count(&LAB_ACQUIRE(&counts)[stack].made, (uint64_t)(int64_t)threads);
}

// MARK: - Life

enum lab_creation_status lab_creation_start(void) {
  if (!LAB_INTERPOSES) return LAB_CREATION_SANITIZER;
  if (lab_creation_run() != 0) return LAB_CREATION_ALREADY_RUNNING;
  if (!lab_stacks_prepare()) return LAB_CREATION_NO_MEMORY;
  if (!LAB_ACQUIRE(&counts)) {
    struct count *memory = lab_own_map(LAB_STACKS_MOST * sizeof *memory);
    if (!memory) return LAB_CREATION_NO_MEMORY;
    LAB_RELEASE(&counts, memory);
  }
  lab_losses_forget("threadcreate");
  if (++runs == 0) runs = 1;
  LAB_RELEASE(&run, runs);
  return LAB_CREATION_OK;
}

void lab_creation_stop(void) { LAB_STORE(&run, 0); }

uint32_t lab_creation_run(void) { return LAB_LOAD(&run); }

/// What the environment asks for; in the child of a fork it goes on.
const char *lab_creation_begin(long rate) {
  (void)rate;
  switch (lab_creation_start()) {
  case LAB_CREATION_OK:
  case LAB_CREATION_ALREADY_RUNNING: return NULL;
  case LAB_CREATION_SANITIZER: return "the program is built with a sanitizer, so making a thread is not seen";
  default: return "no memory";
  }
}

// MARK: - What was counted

uint32_t lab_creation_stack_count(void) { return LAB_ACQUIRE(&counts) ? lab_stacks_count(&lab_stacks) : 0; }

uint64_t lab_creation_made(uint32_t stack) { return LAB_LOAD(&LAB_ACQUIRE(&counts)[stack].made); }

uint64_t lab_creation_inherited(uint32_t stack) { return LAB_ACQUIRE(&counts)[stack].inherited; }

uint64_t lab_creation_refused(void) { return LAB_LOAD(&refused); }

/// The threads that its parent made are not the child's. Reads no more of the table than was written, and a few pages
/// around.
static void after_fork_in_child(void) {
  struct count *all = LAB_ACQUIRE(&counts);
  for (uint32_t stack = 0, end = lab_creation_stack_count(); stack < end; stack++)
    if (LAB_LOAD(&all[stack].made) > 0) all[stack].inherited = LAB_LOAD(&all[stack].made);
  LAB_STORE(&refused, 0);
}

static struct lab_thread_watcher watcher = {.makes = count_made};

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_creation(void) {
  lab_threads_watch(&watcher);
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
