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
#include "lab_labels.h"
#include "lab_memory.h"
#include "lab_stacks.h"
#include "stacks/stacks.h"
#include "threads/births.h"
#include "unwind/unwind.h"
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

/// With what a thread's function is called: start_thread and clone.
enum { OUTERMOST_FRAMES = 2 };

/// Whether a pool's thread makes another of the pool's, for reasons of the pool: it begins with the same function, and
/// there is nothing on the stack but code of the library that this lies in.
static bool is_of_pool(const struct lab_thread *maker, const struct lab_thread *made, const uintptr_t *pcs, int depth) {
  if (maker == NULL || maker->made_by <= LAB_STACK_OVERFLOW || maker->start != made->start) return false;
  const struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  const struct lab_module *pool = lab_find_module(modules, (uintptr_t)maker->start);
  int of_pool = 0;
  while (pool != NULL && of_pool < depth && pcs[of_pool] - pool->lo < pool->hi - pool->lo) of_pool++;
  return of_pool > 0 && depth - of_pool <= OUTERMOST_FRAMES;
}

/// The stack of the calling thread, which makes another. That of a pool's thread says nothing but that the pool wanted one
/// more: it goes on from the stack that made the pool's first. `made_by` and `made_below` tell that for what the new one
/// makes.
static uint32_t stack_of_maker(struct lab_thread *made, bool *is_cut) {
  uintptr_t pcs[LAB_STACK_FRAMES];
  struct lab_walk walk = lab_walk_stack(lab_registers_here(), pcs, LAB_STACK_FRAMES, 0);
  const struct lab_thread *self = lab_self.thread;
  *is_cut = (walk.flags & LAB_WALK_TRUNCATED) != 0;
  uint32_t below = LAB_STACK_NONE;
  if (is_of_pool(self, made, pcs, walk.depth)) below = self->made_below ? self->made_below : self->made_by;
  made->made_below = below;
  made->made_by = lab_stack_intern_below(&lab_stacks, below, lab_labels_here(), pcs, (size_t)walk.depth);
  return made->made_by;
}

/// What the profiler makes for itself is nobody's.
static bool counts_here(void) {
  return LAB_ACQUIRE(&run) != 0 && lab_self.ignored == 0 && !lab_self.is_own && !lab_self.writes;
}

static void count_made(struct lab_thread *made) {
  if (!counts_here()) return;
  bool is_cut = false;
  uint32_t stack = LAB_STACK_NONE;
  if (lab_enter()) {
    stack = stack_of_maker(made, &is_cut);
    lab_leave();
  }
  if (is_cut) lab_lose(LAB_LOSS_threadcreate_truncated, 1);
  if (stack == LAB_STACK_OVERFLOW) lab_lose(LAB_LOSS_threadcreate_table_full, 1);
  made->is_counted = true;
  lab_count(&LAB_ACQUIRE(&counts)[stack].made, 1);
}

static void take_back(struct lab_thread *made) {
  if (!made->is_counted) return;
  lab_count(&refused, 1);
  lab_count(&LAB_ACQUIRE(&counts)[made->made_by].made, (uint64_t)-1);
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
__attribute__((visibility("hidden"))) const char *lab_creation_begin(long rate) {
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

/// Where it is not 0 the stack's frames are there.
uint64_t lab_creation_made(uint32_t stack) { return LAB_ACQUIRE(&LAB_ACQUIRE(&counts)[stack].made); }

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

static struct lab_thread_watcher watcher = {.makes = count_made, .refuses = take_back};

__attribute__((constructor(LAB_STARTS_THREADS))) static void prepare_creation(void) {
  lab_threads_watch(&watcher);
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
