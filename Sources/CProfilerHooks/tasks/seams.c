// Where the runtime lets itself be watched: four of its functions that are hooked, and two pointers that it calls
// through.
//
// A task that gets a thread, and one that leaves it, tell the library by which accesses are checked for exclusivity;
// libswift_Concurrency has no other way to reach that but by calls that can be seen. The pointers are those of
// ThreadSanitizer: what is enqueued is handed to one of them first, and so is a task that has ended. Together they see
// every transition:
//
//     made      a call of swift_task_create or swift_asyncLet_begin, and what it enqueues; a task that it does not
//               enqueue is Task.immediate's, and runs within its maker
//     runnable  the pointer, called by swift_task_enqueue
//     runs      swift_task_enterThreadLocalContext
//     suspends  swift_task_exitThreadLocalContext, before anybody can resume it; what for is in the task by then
//     ends      the pointer, with a task whose status says that it is complete
//     enters    the other pointer, with an actor: a task that runs has taken its lock, and goes on there
//     leaves    the pointer, with that actor
//
// On which actor a task gets a thread the runtime tells whoever asks. A job that is no task is handed to the second
// pointer right before it is done: its function is taken the place of, for nothing tells that it is over.
//
// Source: Swift, stdlib/public/Concurrency/Actor.cpp, Task.cpp, TaskPrivate.h; runtime/Exclusivity.cpp. C, because it
// takes the runtime's place. It calls what is async-signal-safe, and the real functions.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/seams.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "base/system_call.h"
#include "habits/kept.h"
#include "hooks/hooks.h"
#include "lab_labels.h"
#include "runtime/current_task.h"
#include "runtime/extent.h"
#include "tasks/actor_places.h"
#include "tasks/creation.h"
#include "tasks/names.h"
#include "tasks/task.h"

LAB_HIDE_THIS_FILE

extern void (*_swift_tsan_release)(const void *) __attribute__((weak));
extern void (*_swift_tsan_acquire)(const void *) __attribute__((weak));
extern void swift_task_enqueue(void) __attribute__((weak));
extern const uintptr_t _swift_concurrency_debug_jobMetadata __attribute__((weak));
extern LAB_SWIFT_CALL struct lab_executor swift_task_getCurrentExecutor(void) __attribute__((weak));

/// What is being made on a thread, from the call that makes it to when the task is known.
struct lab_making {
  uint32_t creation, name;
  bool is_done;
  struct lab_making *outer;
};

/// The first word of every task.
static uintptr_t task_mark;
/// The same of jobs that are no tasks; 0 if it is not known.
static uintptr_t job_mark;
static struct lab_extent enqueue;
static void (*former_release)(const void *), (*former_acquire)(const void *);
/// Tasks of the session have ids from this on; 0 until one is made.
static _Atomic uint64_t first_id;

static uintptr_t word(uintptr_t address) { return *(const uintptr_t *)address; }
static uint32_t half_word(uintptr_t address) { return *(const uint32_t *)address; }
static uint32_t status_of(uintptr_t task) { return *(const volatile uint32_t *)(task + LAB_TASK_STATUS); }

// MARK: - The calling thread

static __attribute__((noinline)) void take_part(struct lab_self *self, uint32_t session) {
  self->task = NULL;
  self->actor = 0;
  self->making = NULL;
  self->ends = lab_ends_of(self->thread);
  self->ended_at = 0;
  lab_kept_forget(self);
  self->tid = lab_gettid();
  self->task_session = session;
}

/// What the thread keeps for the session; null if none runs.
static inline struct lab_self *taking_part(void) {
  uint32_t session = LAB_LOAD(&lab_task_session);
  if (LAB_UNLIKELY(session == 0)) return NULL;
  struct lab_self *self = &lab_self;
  if (LAB_UNLIKELY(self->task_session != session)) take_part(self, session);
  return self;
}

static inline void count(struct lab_self *self, bool made) {
  struct lab_thread *thread = self->thread;
  if (LAB_UNLIKELY(thread == NULL)) {
    lab_count(made ? &lab_task_made_elsewhere : &lab_task_ended_elsewhere, 1);
    return;
  }
  _Atomic uint64_t *own = made ? &thread->tasks_made : &thread->tasks_ended;
  LAB_STORE(own, LAB_LOAD(own) + 1);
}

/// The creation of the task that runs on the thread.
static uint32_t creation_in_force(const struct lab_self *self) {
  return self->task == NULL ? LAB_CREATION_NONE : self->task->creation;
}

// MARK: - Habits

/// A task leaves the thread that it has run on, after so many ticks.
static __attribute__((noinline)) void has_kept_thread(struct lab_self *self, const struct lab_task *task, uint64_t ran,
                                                      uint64_t now) {
  lab_tally_run(self, task->creation, ran);
  lab_thread_was_kept(self, task->creation, now - ran, now);
}

static inline void tally_suspension(struct lab_self *self, struct lab_task *task, uintptr_t address,
                                    enum lab_task_reason reason, uint64_t now) {
  uint64_t ran = lab_task_has_run(task, now);
  if (reason == LAB_TASK_AWAITS_CONTINUATION)
    lab_tally_wait(self, task->creation, word(address + LAB_TASK_RESUME_FUNCTION), ran);
  if (lab_keeps_thread(ran)) has_kept_thread(self, task, ran, now);
}

static inline void tally_end(struct lab_self *self, struct lab_task *task, uint64_t now) {
  uint64_t ran = lab_task_has_run(task, now);
  lab_tally_end(self, task->creation, (uint64_t)task->ran << LAB_TASK_RAN_SHIFT < lab_habit_ticks.task);
  if (lab_keeps_thread(ran)) has_kept_thread(self, task, ran, now);
}

/// A task gets a thread that another has had for long, or has blocked. It is the pool's if the task waited for any of
/// them: it has neither to take turns nor threads of its own that it prefers.
static __attribute__((noinline)) void takes_watched_thread(struct lab_self *self, const struct lab_task *task,
                                                           uint64_t now) {
  uint64_t state = LAB_LOAD(&task->word);
  bool waits_for_any = lab_task_state(state) == LAB_TASK_IS_RUNNABLE &&
                       lab_task_reason(state) != LAB_TASK_AWAITS_EXECUTOR &&
                       !(status_of(LAB_LOAD(&task->address)) & LAB_TASK_PREFERS_EXECUTOR);
  if (waits_for_any) lab_thread_is_free(self, task->creation, LAB_LOAD(&task->since), now);
}

// MARK: - Transitions

static const struct lab_executor no_executor = {0, 0};

static inline bool is_heard(void) { return LAB_UNLIKELY(LAB_LOAD(&lab_transitions_heard) != 0); }

/// Whether a task was made since the session began.
static bool is_new(uint64_t id) {
  uint64_t first = LAB_LOAD(&first_id);
  return first != 0 && id >= first;
}

/// A task that is not in the table yet. `making`: by whom it is made; null if nobody knows.
static struct lab_task *add(struct lab_self *self, uintptr_t address, const struct lab_making *making) {
  uint64_t id = lab_task_id_at(address);
  struct lab_task *task = lab_task_add(address, id);
  if (LAB_UNLIKELY(task == NULL)) return NULL;
  uint64_t now = lab_ticks();
  task->parent = making != NULL && self->task != NULL ? (uint32_t)self->task->id : 0;
  task->creation = making != NULL ? making->creation : LAB_CREATION_NONE;
  task->name = (uint16_t)(making != NULL ? making->name : 0);
  task->origin = LAB_TASK_WAS_MADE;
  task->ran = 0;
  task->made_at = (uint32_t)(now >> LAB_TASK_AGE_SHIFT);
  LAB_STORE(&task->labels, (uint16_t)lab_labels_of_task(address));
  if (making == NULL) {
    task->origin = is_new(id) ? LAB_TASK_OF_RUNTIME : LAB_TASK_WAS_OLDER;
    lab_count(&lab_task_met, 1);
  } else if (LAB_UNLIKELY(LAB_LOAD(&first_id) == 0)) {
    uint64_t none = 0;
    atomic_compare_exchange_strong(&first_id, &none, id);
  }
  count(self, true);
  lab_task_moves(LAB_TRANSITION_MADE, task, LAB_TASK_AWAITS_NOTHING, no_executor, now);
  return task;
}

static inline struct lab_task *find_or_meet(struct lab_self *self, uintptr_t address) {
  struct lab_task *task = lab_task_find(address);
  return LAB_LIKELY(task != NULL) ? task : add(self, address, NULL);
}

/// What the task waits for, as it says itself.
static enum lab_task_reason reason_of(uintptr_t task) {
  if (!(status_of(task) & LAB_TASK_HAS_DEPENDENCY)) return LAB_TASK_AWAITS_NOTHING;
  uintptr_t record = word(task + LAB_TASK_DEPENDENCY);
  uint32_t kind = record == 0 ? 0 : half_word(record + LAB_DEPENDENCY_KIND);
  if (kind == LAB_TASK_AWAITS_EXECUTOR && word(record + LAB_DEPENDENCY_ON) == 0) return LAB_TASK_AWAITS_NOTHING;
  return kind <= LAB_TASK_AWAITS_EXECUTOR ? (enum lab_task_reason)kind : LAB_TASK_AWAITS_NOTHING;
}

/// The executor that the task waits for, as it says itself.
static struct lab_executor awaited_executor(uintptr_t task) {
  uintptr_t record = word(task + LAB_TASK_DEPENDENCY);
  return (struct lab_executor){word(record + LAB_DEPENDENCY_ON), word(record + LAB_DEPENDENCY_ON + 8)};
}

/// The executor that this thread works for, where it is one that has turns.
static struct lab_executor current_executor(void) {
  return swift_task_getCurrentExecutor != NULL ? swift_task_getCurrentExecutor() : no_executor;
}

/// A task that is enqueued for the first time by a call that cannot be seen, inside a library that has the runtime in
/// it: its maker is here, as well.
static __attribute__((noinline)) struct lab_task *add_unseen(struct lab_self *self, uintptr_t address) {
  if (!is_new(lab_task_id_at(address))) return add(self, address, NULL);
  struct lab_registers registers = lab_registers_here();
  struct lab_making making = {.creation = lab_creation_here(&registers, creation_in_force(self))};
  return add(self, address, &making);
}

static void becomes_runnable(struct lab_self *self, uintptr_t address) {
  struct lab_making *making = self->making;
  bool is_being_made = making != NULL && !making->is_done;
  struct lab_task *task;
  if (is_being_made) {
    making->is_done = true;
    task = add(self, address, making);
  } else {
    task = lab_task_find(address);
    if (LAB_UNLIKELY(task == NULL)) task = add_unseen(self, address);
  }
  if (LAB_UNLIKELY(task == NULL)) return;
  // A clock takes a tenth of all the time that is spent here. Who awaits a task becomes runnable by its end.
  // It may have been suspended since.
  uint64_t since = LAB_LOAD(&task->since), ended_at = self->ended_at;
  bool follows_end = ended_at != 0 && lab_task_reason(LAB_LOAD(&task->word)) == LAB_TASK_AWAITS_TASK;
  uint64_t now = is_being_made ? since : !follows_end ? lab_ticks() : ended_at > since ? ended_at : since;
  enum lab_task_reason reason = reason_of(address);
  struct lab_executor executor = reason == LAB_TASK_AWAITS_EXECUTOR ? awaited_executor(address) : no_executor;
  lab_task_moves(LAB_TRANSITION_RUNNABLE, task, reason, executor, now);
}

/// Takes a task from the thread; the one in which it was begun, or null.
static struct lab_task *leave(struct lab_self *self, struct lab_task *task) {
  struct lab_task **place = &self->task;
  while (*place != NULL && *place != task) place = &(*place)->outer;
  if (LAB_UNLIKELY(*place == NULL)) return NULL;
  // Whatever is within has gone unseen.
  self->task = task->outer;
  self->actor = 0;
  task->outer = NULL;
  return self->task;
}

static void runs(struct lab_self *self, uintptr_t address) {
  struct lab_task *task = find_or_meet(self, address);
  if (LAB_UNLIKELY(task == NULL)) return;
  uint64_t now = lab_ticks();
  struct lab_task *outer = self->task;
  if (LAB_UNLIKELY(outer != NULL)) {
    // It cannot be within itself.
    leave(self, task);
    outer = self->task;
  }
  self->ended_at = 0;
  if (lab_thread_use_is_old(self, now)) lab_thread_use_is_noted(self, now);
  if (LAB_UNLIKELY(self->is_watched)) takes_watched_thread(self, task, now);
  if (LAB_UNLIKELY(outer != NULL)) {
    lab_task_has_run(outer, now);
    lab_task_moves(LAB_TRANSITION_NESTS, outer, LAB_TASK_AWAITS_NOTHING, no_executor, now);
  }
  task->outer = outer;
  self->task = task;
  LAB_STORE(&task->tid, self->tid);
  struct lab_executor executor = is_heard() ? current_executor() : no_executor;
  self->actor = executor.implementation == 0 ? executor.identity : 0;
  lab_task_moves(LAB_TRANSITION_RUNS, task, LAB_TASK_AWAITS_NOTHING, executor, now);
}

/// The turn of the task in which another was begun has come again.
static void runs_on(struct lab_task *task, uint64_t now) {
  lab_task_moves(LAB_TRANSITION_RUNS_ON, task, LAB_TASK_AWAITS_NOTHING, no_executor, now);
}

static void suspends(struct lab_self *self, uintptr_t address) {
  struct lab_task *task = self->task;
  if (LAB_UNLIKELY(task == NULL || LAB_LOAD(&task->address) != address)) task = find_or_meet(self, address);
  if (LAB_UNLIKELY(task == NULL)) return;
  struct lab_task *outer = leave(self, task);
  uint64_t now = lab_ticks();
  LAB_STORE(&task->labels, (uint16_t)lab_labels_of_task(address));
  enum lab_task_reason reason = reason_of(address);
  tally_suspension(self, task, address, reason, now);
  lab_task_moves(LAB_TRANSITION_SUSPENDS, task, reason, no_executor, now);
  if (LAB_UNLIKELY(outer != NULL)) runs_on(outer, now);
}

static void ends(struct lab_self *self, uintptr_t address) {
  struct lab_task *task = self->task;
  if (LAB_UNLIKELY(task == NULL || LAB_LOAD(&task->address) != address))
    task = lab_task_find(address);
  // One that is older and was never met, or the second word of an end.
  if (task == NULL) return;
  struct lab_task *outer = leave(self, task);
  uint64_t now = lab_ticks();
  self->ended_at = now;
  count(self, false);
  tally_end(self, task, now);
  lab_task_moves(LAB_TRANSITION_ENDS, task, LAB_TASK_AWAITS_NOTHING, no_executor, now);
  lab_task_remove(task, address);
  if (LAB_UNLIKELY(outer != NULL)) runs_on(outer, now);
}

void lab_task_meet_here(void) {
  struct lab_self *self = taking_part();
  uintptr_t address = lab_current_task();
  if (self != NULL && self->task == NULL && address != 0 && word(address) == task_mark) runs(self, address);
}

// MARK: - Preferred executors

struct lab_executor lab_preferred_executor(uintptr_t task) {
  enum { MOST = 64 };
  uint32_t status = status_of(task);
  if (!(status & LAB_TASK_PREFERS_EXECUTOR) || (status & LAB_TASK_RECORDS_ARE_LOCKED)) return no_executor;
  uintptr_t record = word(task + LAB_TASK_RECORDS);
  for (int i = 0; record != 0 && i < MOST; i++, record = word(record + LAB_RECORD_NEXT))
    if (*(const uint8_t *)(record + LAB_RECORD_KIND) == LAB_RECORD_OF_EXECUTOR)
      return (struct lab_executor){word(record + LAB_RECORD_EXECUTOR), word(record + LAB_RECORD_IMPLEMENTATION)};
  return no_executor;
}

// MARK: - Jobs that are no tasks

/// What they are done by: all that resume a continuation by the same function.
static _Atomic uintptr_t resume_function;

/// Called as the runtime's asynchronous functions are, which take what was on the stack for them away themselves.
typedef __attribute__((swiftasynccall)) void (*job_function)(void *job);

static __attribute__((swiftasynccall)) void do_job(void *job) {
  job_function function = (job_function)LAB_LOAD(&resume_function);
  lab_job_tell(true, (uintptr_t)job, 0, current_executor());
  function(job);
  lab_job_tell(false, (uintptr_t)job, 0, no_executor);
}

/// Has a job that is about to be done on this thread tell so.
static void takes_job(uintptr_t job) {
  if (*(const uint8_t *)(job + LAB_TASK_FLAGS) != LAB_JOB_RESUMES) return;
  uintptr_t *function = (uintptr_t *)(job + LAB_JOB_FUNCTION), known = LAB_LOAD(&resume_function);
  if (known == 0 && atomic_compare_exchange_strong(&resume_function, &known, *function)) known = *function;
  if (*function == known) *function = (uintptr_t)do_job;
}

// MARK: - Actors that a task enters without leaving its thread

static void tell(enum lab_transition_kind kind, enum lab_task_reason reason, const struct lab_self *self,
                 uintptr_t actor) {
  struct lab_transition transition = {kind, reason, self->task, {actor, 0}, lab_ticks()};
  lab_transition_tell(&transition);
}

static void leaves_actor(struct lab_self *self, enum lab_task_reason reason) {
  uintptr_t actor = self->actor;
  self->actor = 0;
  tell(LAB_TRANSITION_LEAVES, reason, self, actor);
}

static void on_acquire(const void *object) {
  uintptr_t address = (uintptr_t)object, place = (uintptr_t)__builtin_return_address(0);
  if (LAB_UNLIKELY(former_acquire != NULL)) former_acquire(object);
  struct lab_self *self = taking_part();
  if (self == NULL || !is_heard()) return;
  if (LAB_UNLIKELY(job_mark != 0 && word(address) == job_mark)) return takes_job(address);
  // Where no task runs it is a thread that will run those that wait.
  if (self->task == NULL || !lab_takes_actors(place, address)) return;
  // It is in the next one before it leaves the last.
  if (self->actor != 0) leaves_actor(self, LAB_TASK_AWAITS_EXECUTOR);
  self->actor = address;
  tell(LAB_TRANSITION_ENTERS, LAB_TASK_AWAITS_NOTHING, self, address);
}

// MARK: - The pointer for what is enqueued, ends, or is given back

static void on_release(const void *object) {
  uintptr_t address = (uintptr_t)object;
  if (LAB_UNLIKELY(former_release != NULL)) former_release(object);
  struct lab_self *self = taking_part();
  // What is handed over is an object, an actor's lock or a status, none of them less than a word.
  if (self == NULL) return;
  if (word(address) != task_mark) {
    if (self->actor == address && self->task != NULL) leaves_actor(self, LAB_TASK_AWAITS_NOTHING);
    return;
  }
  if (lab_lies_in((uintptr_t)__builtin_return_address(0), enqueue)) becomes_runnable(self, address);
  else if (status_of(address) & LAB_TASK_IS_COMPLETE) ends(self, address);
}

// MARK: - The hooks

#if LAB_INTERPOSES
static uint32_t name_in(uintptr_t options) {
  for (; options != 0; options = word(options + LAB_OPTION_NEXT))
    if (*(const uint8_t *)(options + LAB_OPTION_KIND) == LAB_OPTION_IS_NAME) {
      const char *name = (const char *)word(options + LAB_OPTION_NAME);
      return name == NULL ? 0 : lab_task_name_number(name);
    }
  return 0;
}

/// Notes who makes a task. Inlined, so that only the hook's frame lies before the program's.
static inline __attribute__((always_inline)) void begin_making(struct lab_self *self, struct lab_making *making,
                                                               void *options) {
  struct lab_registers registers = lab_registers_here();
  uint32_t creation = lab_creation_here(&registers, creation_in_force(self));
  *making = (struct lab_making){.creation = creation, .outer = self->making};
  if (options != NULL) making->name = name_in((uintptr_t)options);
  self->making = making;
}

lab_new_task LAB_BODY(swift_task_create)(size_t flags, void *options, const void *result, void *function,
                                         void *context) {
  struct lab_self *self = taking_part();
  if (self == NULL) return lab_real.swift_task_create(flags, options, result, function, context);
  struct lab_making making;
  begin_making(self, &making, options);
  lab_new_task made = lab_real.swift_task_create(flags, options, result, function, context);
  self->making = making.outer;
  if (!making.is_done && taking_part() == self) add(self, (uintptr_t)made.task, &making);
  return made;
}

void LAB_BODY(swift_asyncLet_begin)(void *child, void *options, const void *result, void *function, void *context,
                                    void *buffer) {
  struct lab_self *self = taking_part();
  if (self == NULL) return lab_real.swift_asyncLet_begin(child, options, result, function, context, buffer);
  struct lab_making making;
  begin_making(self, &making, options);
  lab_real.swift_asyncLet_begin(child, options, result, function, context, buffer);
  self->making = making.outer;
}

void LAB_BODY(swift_task_enterThreadLocalContext)(char *state) {
  struct lab_self *self = taking_part();
  if (self != NULL) runs(self, (uintptr_t)state - LAB_TASK_EXCLUSIVITY);
  lab_real.swift_task_enterThreadLocalContext(state);
}

void LAB_BODY(swift_task_exitThreadLocalContext)(char *state) {
  struct lab_self *self = taking_part();
  if (self != NULL) suspends(self, (uintptr_t)state - LAB_TASK_EXCLUSIVITY);
  lab_real.swift_task_exitThreadLocalContext(state);
}
#endif

// MARK: - Switching

lab_tasks_status lab_task_seams_find(void) {
#if LAB_INTERPOSES
  bool is_there = &_swift_tsan_release != NULL && swift_task_enqueue != NULL && LAB_IS_THERE(swift_task_create) &&
                  LAB_IS_THERE(swift_asyncLet_begin) && LAB_IS_THERE(swift_task_enterThreadLocalContext) &&
                  LAB_IS_THERE(swift_task_exitThreadLocalContext);
  if (!is_there) return LAB_TASKS_NO_CONCURRENCY;
  lab_task_layout layout = lab_runtime_tasks();
  if (layout.size == 0 || !lab_runtime_knows_locals()) return LAB_TASKS_UNKNOWN_LAYOUT;
  task_mark = layout.mark;
  job_mark = &_swift_concurrency_debug_jobMetadata == NULL ? 0 : _swift_concurrency_debug_jobMetadata;
  enqueue = lab_extent_of((void *)swift_task_enqueue);
  return enqueue.start == 0 ? LAB_TASKS_UNKNOWN_LAYOUT : LAB_TASKS_OK;
#else
  return LAB_TASKS_SANITIZER;
#endif
}

void lab_task_seams_switch(bool on, uint64_t first) {
  atomic_store(&first_id, first);
  lab_hooks_switch(LAB_ENGINE(task), on);
  if (on && _swift_tsan_release != on_release) {
    former_release = _swift_tsan_release;
    _swift_tsan_release = on_release;
  } else if (!on && _swift_tsan_release == on_release) {
    _swift_tsan_release = former_release;
  }
}

void lab_task_seams_watch_actors(bool on) {
  if (&_swift_tsan_acquire == NULL) return;
  if (on && _swift_tsan_acquire != on_acquire) {
    former_acquire = _swift_tsan_acquire;
    _swift_tsan_acquire = on_acquire;
  } else if (!on && _swift_tsan_acquire == on_acquire) {
    _swift_tsan_acquire = former_acquire;
  }
}
#endif
