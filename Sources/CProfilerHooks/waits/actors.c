// Actors as locks: a task has an actor from when it gets a thread there, or enters it while it is free, to when it
// leaves it, is suspended or ends. Whoever waits meanwhile is charged to it, as to any lock (locks.h).
//
// Whom that is to be blamed on is read from the task when it gives the actor back: where it goes on, and who waits for
// that. The function that had the actor is gone by then if it came there by being called, so what it was is noted when
// it gets the actor. Of a task that ends nothing is left but that, and who made it.
//
// C, because it runs inside the runtime. It reads what belongs to the task that runs on its own thread, and calls the
// unwinder and tables, none of which allocates.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "waits/actors.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "habits/families.h"
#include "hooks/hooks.h"
#include "lab_labels.h"
#include "stacks/stacks.h"
#include "tasks/clock.h"
#include "tasks/creation.h"
#include "unwind/unwind.h"

LAB_HIDE_THIS_FILE

extern LAB_SWIFT_CALL struct lab_executor swift_task_getMainExecutor(void) __attribute__((weak));

/// The functions that are noted of a task when it gets an actor.
enum { NOTED = 16 };

/// What a thread's task has.
struct hold {
  struct lab_executor executor; ///< identity 0: it has none
  const struct lab_task *task;
  uint64_t since;               ///< ticks
  uint32_t session;             ///< of the recording of contention
  uintptr_t caller;             ///< the context of whoever waits for the function that got it
  int depth;                    ///< more than NOTED: there are more
  uintptr_t pcs[NOTED];         ///< that function, and those who wait for one another
};
static __thread struct hold hold __attribute__((tls_model("initial-exec")));

static uintptr_t word(uintptr_t address) { return *(const uintptr_t *)address; }

// MARK: - Names

/// The main actor's executor, once something else than an actor was met.
static _Atomic uintptr_t main_identity;

lab_wait_on lab_actor_kind(struct lab_executor executor) {
  if (LAB_LIKELY(executor.implementation == 0)) return LAB_WAIT_ON_ACTOR;
  uintptr_t identity = LAB_LOAD(&main_identity);
  if (LAB_UNLIKELY(identity == 0) && swift_task_getMainExecutor != NULL) {
    identity = swift_task_getMainExecutor().identity;
    LAB_STORE(&main_identity, identity);
  }
  return executor.identity == identity ? LAB_WAIT_ON_MAIN_ACTOR : LAB_WAIT_ON_EXECUTOR;
}

// MARK: - Stacks

uint32_t lab_task_stack(const struct lab_task *task, uint32_t labels, uintptr_t on_top, enum lab_loss truncated) {
  uintptr_t pcs[LAB_WAIT_MOST_FRAMES - 1], address = LAB_LOAD(&task->address);
  int first = on_top != 0;
  pcs[0] = on_top;
  struct lab_walk walk =
      lab_walk_suspended(word(address + LAB_TASK_RESUME_FUNCTION), word(address + LAB_TASK_RESUME_CONTEXT),
                         pcs + first, LAB_WAIT_MOST_FRAMES - 1 - first);
  if (walk.flags & LAB_WALK_TRUNCATED) lab_lose(truncated, 1);
  return lab_stack_intern(&lab_stacks, labels, pcs, (size_t)(first + walk.depth));
}

/// The stack of a task that has ended: what it was when it got the actor, and who made it.
static uint32_t stack_of_ended(const struct lab_task *task) {
  uintptr_t pcs[LAB_WAIT_MOST_FRAMES - 1];
  size_t count = 0;
  for (; count < NOTED && (int)count < hold.depth; count++) pcs[count] = hold.pcs[count];
  if (hold.depth > NOTED) pcs[count++] = 1 | LAB_LEFT_OUT_AT_LEAST;
  if (task->creation != LAB_CREATION_NONE)
    count += lab_tasks_creation_frames(task->creation, pcs + count, LAB_WAIT_MOST_FRAMES - 1 - count);
  return lab_stack_intern(&lab_stacks, LAB_LOAD(&task->labels), pcs, count);
}

/// The stack of whoever gives the actor back.
static uint32_t stack_of_holder(const struct lab_transition *transition) {
  const struct lab_task *task = transition->task;
  if (transition->kind == LAB_TRANSITION_ENDS) return stack_of_ended(task);
  uintptr_t address = LAB_LOAD(&task->address);
  bool has_returned = hold.depth > 1 && word(address + LAB_TASK_RESUME_CONTEXT) == hold.caller;
  uint32_t labels = transition->kind == LAB_TRANSITION_SUSPENDS ? LAB_LOAD(&task->labels) : lab_labels_of_task(address);
  return lab_task_stack(task, labels, has_returned ? hold.pcs[0] : 0, LAB_LOSS_mutex_truncated);
}

/// Notes what the task is when it gets an actor.
static void note(uintptr_t task) {
  uintptr_t context = word(task + LAB_TASK_RESUME_CONTEXT);
  hold.pcs[0] = word(task + LAB_TASK_RESUME_FUNCTION) + 1;
  hold.depth = 1;
  hold.caller = context == 0 ? 0 : word(context);
  while (context != 0 && hold.depth <= NOTED) {
    uintptr_t parent = word(context);
    if (parent == 0) return;
    if (hold.depth < NOTED) hold.pcs[hold.depth] = word(context + 8) + 1;
    hold.depth++;
    context = parent;
  }
}

// MARK: - Visits

/// An actor that a thread's task has entered without waiting, and from where: another actor, or 0, the pool. Over, it is
/// known whether it has led back once the task is where it goes next.
static __thread struct {
  uintptr_t actor, origin;
  uint64_t since, ticks;
  uintptr_t left; ///< the actor that the task has just left for another one
} visit __attribute__((tls_model("initial-exec")));

static void count_visit(const struct lab_task *task, bool leads_back) {
  struct lab_tally *tally = lab_tally_of(&lab_self, task->creation);
  visit.actor = 0;
  if (tally == NULL) return;
  lab_tally_add(&tally->visits, 1);
  if (!leads_back || visit.ticks >= lab_habit_ticks.visit) return;
  lab_tally_add(&tally->short_visits, 1);
  lab_tally_add(&tally->short_ticks, visit.ticks);
}

static void begin_visit(const struct lab_transition *transition) {
  uintptr_t actor = transition->executor.identity;
  if (visit.actor != 0 && visit.actor == visit.left) count_visit(transition->task, visit.origin == actor);
  visit.actor = actor;
  visit.origin = visit.left;
  visit.since = transition->ticks;
  visit.left = 0;
}

/// The task leaves the actor for another, which it enters next, for the pool, or to wait.
static void end_visit(const struct lab_transition *transition) {
  bool leaves = transition->kind == LAB_TRANSITION_LEAVES;
  visit.left = leaves && transition->reason == LAB_TASK_AWAITS_EXECUTOR ? transition->executor.identity : 0;
  visit.ticks = transition->ticks - visit.since;
  if (visit.actor != 0 && visit.left == 0) count_visit(transition->task, leaves && visit.origin == 0);
}

// MARK: - Holds

/// What has passed for those who wait since a task last had the executor is nobody's, as far as can be seen: something
/// that is no task ran there, or no thread was free. Whoever has it now is not to blame.
static void record_gap(struct lab_executor executor) {
  uint64_t delay = lab_lock_charge((const void *)executor.identity).delay;
  double weight = LAB_LOAD(&lab_mutex_active) != 0 ? lab_wait_weight(LAB_WAIT_BY_HOLDER, delay) : 0;
  if (weight == 0 || !lab_wait_is_programs(&lab_self)) return;
  lab_wait_figures figures = lab_wait_weighed(weight, delay, 0);
  figures.contentions = 0;
  lab_wait_bucket_add(LAB_STACK_NONE, LAB_WAIT_BY_HOLDER, lab_actor_kind(executor), figures);
}

void lab_actor_taken(const struct lab_transition *transition) {
  if (transition->kind == LAB_TRANSITION_ENTERS) begin_visit(transition);
  else visit.actor = 0;
  hold.executor = transition->executor;
  if (hold.executor.identity == 0) return;
  if (lab_lock_is_awaited((const void *)hold.executor.identity)) record_gap(hold.executor);
  hold.task = transition->task;
  hold.since = transition->ticks;
  hold.session = LAB_LOAD(&lab_mutex_active);
  if (hold.session != 0) note(LAB_LOAD(&hold.task->address));
}

static void record(const struct lab_transition *transition, struct lab_lock_charge charge) {
  uint64_t held = (uint64_t)((double)(transition->ticks - hold.since) * lab_task_tick());
  double contention = lab_wait_weight(LAB_WAIT_BY_HOLDER, charge.delay);
  double holding = lab_wait_weight(LAB_WAIT_BY_HOLDER, held);
  if (contention == 0 && holding == 0) return;
  lab_wait_figures figures = lab_wait_weighed(contention, charge.delay, 0);
  figures.holds = lab_wait_count(holding);
  figures.held = (uint64_t)(holding * (double)held + 0.5);
  figures.queued = lab_wait_count(holding * charge.waiting);
  lab_wait_bucket_add(stack_of_holder(transition), LAB_WAIT_BY_HOLDER, lab_actor_kind(hold.executor), figures);
}

bool lab_actor_is_awaited_here(void) {
  const void *lock = (const void *)hold.executor.identity;
  return lock != NULL && lab_lock_is_awaited(lock) && lab_lock_has_waiters(lock);
}

void lab_actor_given_back(const struct lab_transition *transition) {
  end_visit(transition);
  const void *lock = (const void *)hold.executor.identity;
  if (lock == NULL || hold.task != transition->task) return;
  struct lab_lock_charge charge = {0, 0};
  if (lab_lock_is_awaited(lock)) charge = lab_lock_charge(lock);
  bool is_recorded = hold.session != 0 && hold.session == LAB_LOAD(&lab_mutex_active);
  if (is_recorded && lab_wait_is_programs(&lab_self)) record(transition, charge);
  hold.executor.identity = 0;
}
#endif
