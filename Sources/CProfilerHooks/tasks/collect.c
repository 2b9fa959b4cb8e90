// Copies the table of tasks while the program runs, and the stacks of what is in it. Of its threads: collect_threads.c.
//
// The stack of a suspended task is the chain of its contexts, which belong to it and lie still until it runs again. So
// no thread is stopped, and no lock taken: all is read by the kernel, which knows what is there; and what was read
// holds if the task's record has not been written since. C, because it may run where
// the program's locks are held. It allocates by mmap only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/lock.h"
#include "base/read_many.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "hooks/hooks.h"
#include "lab_memory.h"
#include "runtime/current_task.h"
#include "tasks/clock.h"
#include "tasks/collect.h"
#include "tasks/names.h"
#include "tasks/task.h"
#include <pthread.h>
#include <string.h>

/// Tasks whose stacks are read at a time; what is read of each at first, in which most have their contexts, too; and of
/// those that end before; and how often a task is looked at again that has moved on meanwhile.
enum { GROUP = 256, HEAD_BYTES = 1024, ROUNDS = 8 };

extern LAB_SWIFT_CALL struct lab_executor swift_task_getMainExecutor(void) __attribute__((weak));

struct suspended {
  struct lab_task *task;
  uint64_t word;       ///< of its record when it was copied
  size_t index;        ///< of the copy
  uintptr_t context;   ///< to be read next; 0: done
  uint32_t frames;
};

struct workshop {
  lab_task_collection *out;
  double nanoseconds_per_tick;
  uint32_t task_bytes;
  uint64_t now; ///< ticks
  size_t grouped;
  struct suspended group[GROUP];
  uintptr_t addresses[GROUP];
  size_t asked[GROUP];
  bool were_read[GROUP];
  uintptr_t words[GROUP][2];
  bool has_head[GROUP];
  char heads[GROUP][HEAD_BYTES];
  uintptr_t frames[GROUP][LAB_TASK_MOST_FRAMES];
};

static struct lab_lock collecting;

static uint64_t nanoseconds_since(const struct workshop *shop, uint64_t ticks) {
  return shop->now > ticks ? (uint64_t)((double)(shop->now - ticks) * shop->nanoseconds_per_tick) : 0;
}

// MARK: - Records

/// In ticks, as far as it is kept: their upper bits are now's, or one less.
static uint64_t made_at(const struct workshop *shop, const struct lab_task *task) {
  uint64_t now = shop->now >> LAB_TASK_AGE_SHIFT;
  return (now - (uint32_t)((uint32_t)now - task->made_at)) << LAB_TASK_AGE_SHIFT;
}

/// Whether a copy could be made of a task that lives.
static bool copy_record(const struct workshop *shop, struct lab_task *task, lab_task_copy *out, uint64_t *word) {
  *word = LAB_ACQUIRE(&task->word);
  bool lives = lab_task_state(*word) != LAB_TASK_IS_NONE;
  if (!lives || lab_task_session_of(*word) != LAB_LOAD(&lab_task_session)) return false;
  *out = (lab_task_copy){
      .id = task->id,
      .parent = lab_task_parent(task),
      .address = LAB_LOAD(&task->address),
      .state_nanoseconds = nanoseconds_since(shop, LAB_LOAD(&task->since)),
      .age_nanoseconds = nanoseconds_since(shop, made_at(shop, task)),
      .name = lab_task_name(task->name),
      .creation = task->creation,
      .labels = LAB_LOAD(&task->labels),
      .tid = LAB_LOAD(&task->tid),
      .state = (uint8_t)lab_task_state(*word),
      .reason = (uint8_t)lab_task_reason(*word),
      .origin = task->origin,
      .word = *word,
      .record = task->number,
  };
  return true;
}

static bool holds(const struct lab_task *task, uint64_t word) {
  atomic_thread_fence(memory_order_acquire);
  return LAB_LOAD(&task->word) == word;
}

// MARK: - What a task says of itself

static bool lies_in_head(const struct workshop *shop, size_t i, uintptr_t address, size_t bytes) {
  uintptr_t task = shop->out->tasks[shop->group[i].index].address;
  return shop->has_head[i] && address >= task && address - task <= HEAD_BYTES - bytes;
}

static uintptr_t head_word(const struct workshop *shop, size_t i, size_t at) {
  uintptr_t word;
  memcpy(&word, shop->heads[i] + at, sizeof word);
  return word;
}

/// What a task waits for, as its record of that tells.
static void read_dependency(const struct workshop *shop, size_t i, lab_task_copy *copy) {
  uintptr_t record = head_word(shop, i, LAB_TASK_DEPENDENCY), on[2];
  if (record == 0) return;
  if (lies_in_head(shop, i, record, LAB_DEPENDENCY_KIND)) {
    size_t at = record - copy->address + LAB_DEPENDENCY_ON;
    on[0] = head_word(shop, i, at);
    on[1] = head_word(shop, i, at + 8);
  } else if (!lab_read_memory(record + LAB_DEPENDENCY_ON, on, sizeof on)) {
    return;
  }
  copy->waits_at = on[0];
  if (copy->reason == LAB_TASK_AWAITS_EXECUTOR) copy->implementation = on[1];
  const struct lab_task *awaited = copy->reason == LAB_TASK_AWAITS_TASK ? lab_task_at(on[0]) : NULL;
  copy->awaited = awaited == NULL ? 0 : awaited->id;
}

/// The group that a task is a child of: behind the task's own record and what every child has.
static void read_group_of(const struct workshop *shop, size_t i, lab_task_copy *copy) {
  uint32_t flags;
  memcpy(&flags, shop->heads[i] + LAB_TASK_FLAGS, sizeof flags);
  size_t at = shop->task_bytes + LAB_TASK_CHILD_BYTES;
  bool is_child = (flags & LAB_TASK_IS_GROUP_CHILD) && shop->has_head[i] && at <= HEAD_BYTES - 8;
  if (is_child) copy->group = head_word(shop, i, at);
}

/// What the first bytes of the task tell; and where its chain begins.
static void read_head(struct workshop *shop, size_t i) {
  struct suspended *suspended = &shop->group[i];
  lab_task_copy *copy = &shop->out->tasks[suspended->index];
  uint32_t status;
  memcpy(&status, shop->heads[i] + LAB_TASK_STATUS, sizeof status);
  copy->priority = (uint8_t)status;
  copy->is_cancelled = status & LAB_TASK_IS_CANCELLED;
  suspended->context = 0;
  suspended->frames = 0;
  read_group_of(shop, i, copy);
  if (copy->state == LAB_TASK_IS_RUNNING || copy->state == LAB_TASK_IS_NESTING) return;
  if (copy->reason != LAB_TASK_AWAITS_NOTHING) read_dependency(shop, i, copy);
  // As after a call, one past the start: the lookup goes back by one.
  shop->frames[i][suspended->frames++] = head_word(shop, i, LAB_TASK_RESUME_FUNCTION) + 1;
  suspended->context = head_word(shop, i, LAB_TASK_RESUME_CONTEXT);
}

static void read_heads(struct workshop *shop) {
  for (size_t i = 0; i < shop->grouped; i++) shop->addresses[i] = shop->out->tasks[shop->group[i].index].address;
  if (!lab_read_many(shop->addresses, shop->grouped, HEAD_BYTES, shop->heads, shop->has_head))
    shop->out->cannot_read = true;
  for (size_t i = 0; i < shop->grouped; i++) {
    // Of one at the end of what is mapped only the record.
    bool has_record = shop->has_head[i] ||
                      lab_read_memory(shop->addresses[i], shop->heads[i], LAB_TASK_LOCALS_SIZE);
    shop->group[i].context = 0;
    shop->group[i].frames = 0;
    if (has_record) read_head(shop, i);
  }
}

// MARK: - Chains

/// Takes in a context's two words: the caller's context, and where the caller goes on. The last one's has neither.
static void take_context(struct workshop *shop, size_t i, uintptr_t parent, uintptr_t resume) {
  struct suspended *suspended = &shop->group[i];
  bool is_sensible = parent == 0 || (parent >= LAB_PAGE && (parent & 7) == 0 && parent >> LAB_USER_BITS == 0);
  if (!is_sensible || (parent != 0 && suspended->frames == LAB_TASK_MOST_FRAMES)) {
    shop->out->tasks[suspended->index].is_cut = true;
    parent = 0;
  }
  // A continuation's own context says again where its task goes on.
  bool is_said = suspended->frames == 1 && resume + 1 == shop->frames[i][0];
  if (parent != 0 && !is_said) shop->frames[i][suspended->frames++] = resume + 1;
  suspended->context = parent;
}

static void read_chains(struct workshop *shop) {
  for (;;) {
    size_t asked = 0;
    for (size_t i = 0; i < shop->grouped; i++) {
      struct suspended *suspended = &shop->group[i];
      while (suspended->context != 0 && lies_in_head(shop, i, suspended->context, 16)) {
        size_t at = suspended->context - shop->addresses[i];
        take_context(shop, i, head_word(shop, i, at), head_word(shop, i, at + 8));
      }
      if (suspended->context != 0) shop->asked[asked++] = i;
    }
    if (asked == 0) return;
    uintptr_t contexts[GROUP];
    for (size_t k = 0; k < asked; k++) contexts[k] = shop->group[shop->asked[k]].context;
    if (!lab_read_many(contexts, asked, sizeof shop->words[0], shop->words, shop->were_read)) return;
    for (size_t k = 0; k < asked; k++) {
      size_t i = shop->asked[k];
      if (shop->were_read[k]) {
        take_context(shop, i, shop->words[k][0], shop->words[k][1]);
      } else {
        shop->group[i].context = 0;
        shop->out->tasks[shop->group[i].index].is_cut = true;
      }
    }
  }
}

/// Reads the stacks of the tasks that were gathered. Those that have moved on are left in the group.
static void read_group(struct workshop *shop) {
  read_heads(shop);
  read_chains(shop);
  size_t left = 0;
  for (size_t i = 0; i < shop->grouped; i++) {
    struct suspended *suspended = &shop->group[i];
    lab_task_copy *copy = &shop->out->tasks[suspended->index];
    if (!holds(suspended->task, suspended->word)) {
      shop->group[left++] = *suspended;
      continue;
    }
    copy->frames = lab_collection_add_frames(shop->out, shop->frames[i], suspended->frames, &copy->first_frame);
  }
  shop->grouped = left;
}

static void finish_group(struct workshop *shop) {
  for (int round = 0; shop->grouped > 0 && round < ROUNDS; round++) {
    if (round > 0) {
      size_t kept = 0;
      for (size_t i = 0; i < shop->grouped; i++) {
        struct suspended *suspended = &shop->group[i];
        lab_task_copy *copy = &shop->out->tasks[suspended->index];
        // One that has ended lives no more; its record may be another's by now, which is met on the way.
        if (copy_record(shop, suspended->task, copy, &suspended->word)) shop->group[kept++] = *suspended;
        else copy->state = LAB_TASK_IS_NONE;
      }
      shop->grouped = kept;
    }
    read_group(shop);
  }
  for (size_t i = 0; i < shop->grouped; i++) shop->out->tasks[shop->group[i].index].moved = true;
  shop->grouped = 0;
}

static bool collect_tasks(struct workshop *shop) {
  lab_task_collection *out = shop->out;
  for (uint32_t number = 0; number < lab_task_record_count(); number++) {
    struct lab_task *task = lab_task_record_at(number);
    struct suspended *next = &shop->group[shop->grouped];
    if (task == NULL || LAB_LOAD(&task->address) == 0) continue;
    if (!lab_collection_grow((void **)&out->tasks, &out->capacity, out->count, 1, sizeof *out->tasks)) return false;
    if (!copy_record(shop, task, &out->tasks[out->count], &next->word)) continue;
    next->task = task;
    next->index = out->count++;
    if (++shop->grouped == GROUP) finish_group(shop);
  }
  finish_group(shop);
  // What ended meanwhile.
  size_t kept = 0;
  for (size_t i = 0; i < out->count; i++)
    if (out->tasks[i].state != LAB_TASK_IS_NONE) out->tasks[kept++] = out->tasks[i];
  out->count = kept;
  return true;
}

/// Which tasks are as they were when they were copied.
static void look_at_tasks_again(lab_task_collection *out) {
  bool has_other_executors = false;
  for (size_t i = 0; i < out->count; i++) {
    lab_task_copy *copy = &out->tasks[i];
    copy->lasted = holds(lab_task_record_at(copy->record), copy->word);
    has_other_executors |= copy->implementation != 0;
  }
  if (has_other_executors && swift_task_getMainExecutor != NULL)
    out->main_executor = swift_task_getMainExecutor().identity;
}

// MARK: -

uintptr_t lab_tasks_library(void) { return (uintptr_t)swift_task_getCurrent; }

bool lab_tasks_collect(lab_task_collection *out, bool asks_waits, intptr_t tracking) {
  *out = (lab_task_collection){0};
  intptr_t storage = asks_waits && tracking >= 0 ? lab_concurrency_storage() : 0;
  struct workshop *shop = lab_own_map(sizeof *shop);
  if (shop == NULL) return false;
  lab_lock(&collecting);
  uint64_t start = lab_now();
  shop->out = out;
  shop->now = lab_ticks();
  shop->nanoseconds_per_tick = lab_task_tick();
  shop->task_bytes = lab_runtime_tasks().size;
  if (asks_waits) lab_collect_sleeps_before(out, storage == 0 ? 0 : storage + tracking);
  bool is_whole = LAB_LOAD(&lab_task_session) == 0 || collect_tasks(shop);
  // Before threads are asked: meanwhile tasks come and go.
  out->counts = lab_tasks_counts();
  if (asks_waits) {
    lab_collect_sleeps_after(out);
    look_at_tasks_again(out);
  }
  is_whole = is_whole && lab_collect_threads(out, shop->nanoseconds_per_tick);
  out->collect_nanoseconds = lab_now() - start;
  lab_unlock(&collecting);
  lab_own_unmap(shop, sizeof *shop);
  if (!is_whole) lab_tasks_collection_free(out);
  return is_whole;
}

void lab_tasks_collection_free(lab_task_collection *collection) {
  lab_own_unmap(collection->tasks, collection->capacity * sizeof *collection->tasks);
  lab_own_unmap(collection->threads, collection->thread_capacity * sizeof *collection->threads);
  lab_own_unmap(collection->frames, collection->frame_capacity * sizeof *collection->frames);
  *collection = (lab_task_collection){0};
}

static void after_fork_in_child(void) { lab_lock_reset(&collecting); }

__attribute__((constructor(LAB_STARTS_TASKS))) static void prepare_collecting(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
