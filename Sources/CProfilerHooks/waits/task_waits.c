// Waits of tasks: from where a task is suspended to when it runs on, as the stream of their transitions tells.
//
// Of its delay a task spends the last part being able to run: it has been given to an executor, and has no thread yet.
// To wait for an actor is to wait for a lock, until whoever had it last has given it back; only from then on is it a
// thread that is missing. So a task that had to wait for its actor after what it awaited had come has waited twice.
//
// The stack is read when the task is about to run on, for only then is it known whether the wait is kept.
//
// C, because it runs inside the runtime. It calls tables, none of which allocates but by lab_own_map.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "habits/places.h"
#include "lab_labels.h"
#include "lab_memory.h"
#include "stacks/stacks.h"
#include "tasks/clock.h"
#include "unwind/unwind.h"
#include "waits/actors.h"
#include "waits/held.h"

LAB_HIDE_THIS_FILE

/// What is kept of a task that waits, beside its record.
struct task_wait {
  uint64_t task;             ///< its id; 0: of none
  uint64_t since;            ///< ticks: when it was suspended; 0: it is new
  struct lab_lock_wait turn; ///< for the executor that it has been given to, if that has turns; entry 0: it has not
  enum lab_task_reason reason;
};

/// By the number of a task's record.
enum { SLAB = 1 << 12, SLABS = 1 << 10 };
static _Atomic(struct task_wait *) slabs[SLABS];

static struct task_wait *wait_of(const struct lab_task *task) {
  struct task_wait *slab = LAB_ACQUIRE(&slabs[task->number / SLAB]);
  return LAB_LIKELY(slab != NULL) ? &slab[task->number % SLAB] : NULL;
}

static struct task_wait *make_wait_of(const struct lab_task *task) {
  struct task_wait *wait = wait_of(task);
  if (LAB_LIKELY(wait != NULL)) return wait;
  struct task_wait *slab = lab_own_map(SLAB * sizeof *slab), *none = NULL;
  if (slab == NULL) return NULL;
  if (!atomic_compare_exchange_strong(&slabs[task->number / SLAB], &none, slab))
    lab_own_unmap(slab, SLAB * sizeof *slab);
  return wait_of(task);
}

// MARK: - What is counted

static lab_wait_on on_of(enum lab_task_reason reason, struct lab_executor executor) {
  switch (reason) {
  case LAB_TASK_AWAITS_TASK: return LAB_WAIT_ON_TASK;
  case LAB_TASK_AWAITS_CONTINUATION: return LAB_WAIT_ON_CONTINUATION;
  case LAB_TASK_AWAITS_GROUP: return LAB_WAIT_ON_GROUP;
  case LAB_TASK_AWAITS_EXECUTOR: return lab_actor_kind(executor);
  default: return LAB_WAIT_ON_POOL;
  }
}

/// A task that runs on, and its stack, once somebody wants it.
struct resumed {
  const struct lab_task *task;
  uint32_t stack;
};

static uint32_t stack_of(struct resumed *resumed, enum lab_loss truncated) {
  if (resumed->stack == LAB_STACK_NONE)
    resumed->stack = lab_task_stack(resumed->task, LAB_LOAD(&resumed->task->labels), 0, truncated);
  return resumed->stack;
}

static void record_block(struct resumed *resumed, lab_wait_on on, uint64_t delay, uint64_t runnable) {
  double weight = lab_wait_weight(LAB_WAIT_BLOCKED, delay);
  if (weight == 0) return;
  lab_wait_bucket_add(stack_of(resumed, LAB_LOSS_block_truncated), LAB_WAIT_BLOCKED, on,
                      lab_wait_weighed(weight, delay, runnable < delay ? runnable : delay));
}

static void record_contention(struct resumed *resumed, lab_wait_on on, struct lab_wait_end end) {
  lab_count(&lab_wait_wakeups, end.rest);
  double weight = lab_wait_weight(LAB_WAIT_BY_WAITER, end.charged);
  if (weight == 0) return;
  lab_wait_bucket_add(stack_of(resumed, LAB_LOSS_mutex_truncated), LAB_WAIT_BY_WAITER, on,
                      lab_wait_weighed(weight, end.charged, 0));
}

// MARK: - Transitions

static void suspends(const struct lab_transition *transition) {
  struct task_wait *wait = make_wait_of(transition->task);
  if (wait == NULL) return;
  *wait = (struct task_wait){.task = transition->task->id, .since = transition->ticks, .reason = transition->reason};
}

/// Notes who resumes a task while it has a lock. What the task does first is often to ask for that lock.
static void note_lock(void) {
  uintptr_t pcs[LAB_WAIT_MOST_FRAMES - 1];
  struct lab_walk walk = lab_walk_stack(lab_registers_here(), pcs, LAB_WAIT_MOST_FRAMES - 1, 0);
  uint32_t stack = lab_stack_intern(&lab_stacks, lab_labels_here(), pcs, (size_t)walk.depth);
  lab_place_add(LAB_PLACE_RESUMES_LOCKED, stack, 0, 1, 0, 0);
}

static void becomes_runnable(const struct lab_transition *transition) {
  bool is_resumed = lab_task_state(LAB_LOAD(&transition->task->word)) == LAB_TASK_IS_WAITING &&
                    lab_task_reason(LAB_LOAD(&transition->task->word)) == LAB_TASK_AWAITS_CONTINUATION;
  if (is_resumed && lab_holds_lock()) note_lock();
  if (transition->executor.identity == 0) return;
  struct task_wait *wait = make_wait_of(transition->task);
  if (wait == NULL) return;
  if (wait->task != transition->task->id) *wait = (struct task_wait){.task = transition->task->id};
  if (wait->turn.entry == 0) lab_lock_arrive(&wait->turn, (const void *)transition->executor.identity);
}

/// The wait of a task that runs on.
static void count(const struct task_wait *wait, const struct lab_transition *transition) {
  const struct lab_task *task = transition->task;
  bool had_turn = wait->turn.entry != 0;
  struct lab_wait_end turn = lab_lock_leave(&wait->turn);
  if (!lab_wait_is_programs(&lab_self)) return;
  struct resumed resumed = {task, LAB_STACK_NONE};
  lab_wait_on executor = had_turn ? lab_actor_kind(transition->executor) : LAB_WAIT_ON_POOL;
  if (turn.charged > 0 && LAB_LOAD(&lab_mutex_active) != 0) record_contention(&resumed, executor, turn);
  if (LAB_LOAD(&lab_block_active) == 0) return;
  bool awaits_turn = wait->reason == LAB_TASK_AWAITS_EXECUTOR || wait->since == 0;
  if (!awaits_turn && turn.charged > 0) record_block(&resumed, executor, turn.charged, 0);
  if (wait->since == 0) {
    // A new one waits nowhere yet, but for its turn.
    record_block(&resumed, executor, turn.charged, 0);
    return;
  }
  double tick = lab_task_tick();
  uint64_t delay = (uint64_t)((double)(transition->ticks - wait->since) * tick), runnable = turn.rest;
  if (!had_turn)
    runnable = lab_task_state(LAB_LOAD(&task->word)) == LAB_TASK_IS_RUNNABLE
                   ? (uint64_t)((double)(transition->ticks - LAB_LOAD(&task->since)) * tick) : 0;
  if (!awaits_turn) delay -= turn.charged < delay ? turn.charged : delay;
  record_block(&resumed, on_of(wait->reason, transition->executor), delay, runnable);
}

static void runs(const struct lab_transition *transition) {
  struct task_wait *wait = wait_of(transition->task);
  if (wait != NULL && wait->task == transition->task->id) {
    count(wait, transition);
    *wait = (struct task_wait){0};
  }
  lab_actor_taken(transition);
}

static void on_transition(const struct lab_transition *transition) {
  if (!lab_enter()) return;
  switch (transition->kind) {
  case LAB_TRANSITION_RUNNABLE: becomes_runnable(transition); break;
  case LAB_TRANSITION_RUNS: runs(transition); break;
  case LAB_TRANSITION_SUSPENDS:
    lab_actor_given_back(transition);
    suspends(transition);
    break;
  case LAB_TRANSITION_ENDS: lab_actor_given_back(transition); break;
  case LAB_TRANSITION_ENTERS: lab_actor_taken(transition); break;
  case LAB_TRANSITION_LEAVES: lab_actor_given_back(transition); break;
  default: break;
  }
  lab_leave();
}

// MARK: - Life

static struct lab_transition_listener listener = {.transition = on_transition};
static lab_tasks_status status;

/// What waited for its turn when the last recording ended is not known to wait any more.
static void forget_turns(void) {
  for (int slab = 0; slab < SLABS; slab++) {
    struct task_wait *waits = LAB_ACQUIRE(&slabs[slab]);
    for (int i = 0; waits != NULL && i < SLAB; i++) {
      if (waits[i].turn.entry != 0) lab_lock_leave(&waits[i].turn);
      waits[i] = (struct task_wait){0};
    }
  }
}

bool lab_task_waits_begin(bool from_start) {
  if (listener.users == 0) forget_turns();
  status = lab_tasks_follow(&listener, from_start);
  return status == LAB_TASKS_OK;
}

void lab_task_waits_end(void) { lab_tasks_unfollow(&listener); }

const char *lab_waits_without_tasks(void) { return lab_tasks_reason(status); }
#endif
