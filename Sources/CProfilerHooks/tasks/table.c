// The records of live tasks, and where each task's is found: a word for every 128 bytes of address space, in two
// levels.
//
// A task is longer than 128 bytes, so no two share a word; nothing is hashed, moved or locked on the way. Records come
// from slabs that are never unmapped, by way of a short list that each thread has. C, because it is called in hooks of
// the runtime. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/lock.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "lab_memory.h"
#include "tasks/task.h"
#include "threads/births.h"
#include <pthread.h>

LAB_HIDE_THIS_FILE

enum { REGION_SHIFT = 26, GRANULE_SHIFT = 7, WORDS = 1 << (REGION_SHIFT - GRANULE_SHIFT) };
#define REGIONS ((size_t)1 << (LAB_USER_BITS - REGION_SHIFT))

/// By region, its words: the number of a record, and one; 0: none.
static _Atomic(_Atomic uint32_t *) *regions;

enum { SLAB = 1 << 12, SLABS = 1 << 10 };
static _Atomic(struct lab_task *) slabs[SLABS];
static _Atomic uint32_t used;

/// What threads have given back, or left when they ended.
static struct {
  struct lab_lock lock;
  struct lab_task *first;
} spares;
/// How many records a thread takes or gives at a time, and twice how many it keeps.
enum { BATCH = 32 };

_Atomic uint32_t lab_task_session;

bool lab_task_table_open(void) {
  if (regions == NULL) regions = lab_own_map(REGIONS * sizeof *regions);
  return regions != NULL;
}

static _Atomic uint32_t *word_of(uintptr_t address) {
  if (address >> LAB_USER_BITS) return NULL;
  _Atomic uint32_t *words = LAB_ACQUIRE(&regions[address >> REGION_SHIFT]);
  return words == NULL ? NULL : &words[address >> GRANULE_SHIFT & (WORDS - 1)];
}

static __attribute__((noinline)) _Atomic uint32_t *make_word(uintptr_t address) {
  if (address >> LAB_USER_BITS) return NULL;
  _Atomic uint32_t *made = lab_own_map(WORDS * sizeof *made), *none = NULL;
  if (made == NULL) return NULL;
  if (!atomic_compare_exchange_strong(&regions[address >> REGION_SHIFT], &none, made))
    lab_own_unmap((void *)made, WORDS * sizeof *made);
  return word_of(address);
}

uint32_t lab_task_record_count(void) {
  uint32_t count = LAB_ACQUIRE(&used);
  return count < SLAB * SLABS ? count : SLAB * SLABS;
}

struct lab_task *lab_task_record_at(uint32_t number) {
  struct lab_task *slab = LAB_ACQUIRE(&slabs[number / SLAB]);
  return slab == NULL ? NULL : &slab[number % SLAB];
}

// MARK: - Records

/// A batch that nobody has had; null if there is no memory.
static struct lab_task *make_batch(void) {
  _Static_assert(SLAB % BATCH == 0, "a batch lies in one slab");
  if (LAB_LOAD(&used) >= SLAB * SLABS) return NULL;
  uint32_t number = atomic_fetch_add(&used, BATCH);
  if (number >= SLAB * SLABS) return NULL;
  _Atomic(struct lab_task *) *slot = &slabs[number / SLAB];
  if (LAB_ACQUIRE(slot) == NULL) {
    struct lab_task *slab = lab_own_map(SLAB * sizeof *slab), *none = NULL;
    if (slab == NULL) return NULL;
    if (!atomic_compare_exchange_strong(slot, &none, slab)) lab_own_unmap(slab, SLAB * sizeof *slab);
  }
  struct lab_task *batch = lab_task_record_at(number);
  for (uint32_t i = 0; i < BATCH; i++) {
    batch[i].number = number + i;
    batch[i].next = i + 1 < BATCH ? &batch[i + 1] : NULL;
  }
  return batch;
}

static __attribute__((noinline)) void fetch_spares(struct lab_self *self) {
  lab_lock(&spares.lock);
  for (; self->spares < BATCH && spares.first != NULL; self->spares++) {
    struct lab_task *task = spares.first;
    spares.first = task->next;
    task->next = self->spare;
    self->spare = task;
  }
  lab_unlock(&spares.lock);
  if (self->spares == 0 && (self->spare = make_batch()) != NULL) self->spares = BATCH;
}

static __attribute__((noinline)) void give_spares(struct lab_self *self, uint32_t kept) {
  lab_lock(&spares.lock);
  while (self->spares > kept) {
    struct lab_task *task = self->spare;
    self->spare = task->next;
    self->spares--;
    task->next = spares.first;
    spares.first = task;
  }
  lab_unlock(&spares.lock);
}

static void give_back(struct lab_task *task) {
  struct lab_self *self = &lab_self;
  task->next = self->spare;
  self->spare = task;
  if (++self->spares > 2 * BATCH) give_spares(self, BATCH);
}

// MARK: - Tasks

struct lab_task *lab_task_at(uintptr_t address) {
  _Atomic uint32_t *word = word_of(address);
  uint32_t number = word == NULL ? 0 : LAB_ACQUIRE(word);
  if (number == 0) return NULL;
  struct lab_task *task = lab_task_record_at(number - 1);
  // The id was written before the address.
  bool is_it = task != NULL && LAB_ACQUIRE(&task->address) == address &&
               lab_task_session_of(LAB_LOAD(&task->word)) == LAB_LOAD(&lab_task_session);
  return is_it ? task : NULL;
}

struct lab_task *lab_task_find(uintptr_t address) {
  struct lab_task *task = lab_task_at(address);
  if (task == NULL || LAB_LIKELY((uint32_t)task->id == lab_task_id_low_at(address))) return task;
  // Another task had this address, and nobody saw it end.
  lab_lose(LAB_LOSS_task_end_unseen, 1);
  lab_task_remove(task, address);
  return NULL;
}

struct lab_task *lab_task_add(uintptr_t address, uint64_t id) {
  struct lab_self *self = &lab_self;
  _Atomic uint32_t *word = word_of(address);
  if (LAB_UNLIKELY(word == NULL)) word = make_word(address);
  if (LAB_UNLIKELY(self->spare == NULL)) fetch_spares(self);
  struct lab_task *task = self->spare;
  if (LAB_UNLIKELY(word == NULL || task == NULL)) {
    lab_lose(LAB_LOSS_task_no_memory, 1);
    return NULL;
  }
  self->spare = task->next;
  self->spares--;
  uint64_t version = LAB_LOAD(&task->word) >> LAB_TASK_VERSION_SHIFT;
  uint64_t session = (uint64_t)LAB_LOAD(&lab_task_session) << LAB_TASK_SESSION_SHIFT;
  task->id = id;
  task->outer = NULL;
  LAB_STORE(&task->word, version << LAB_TASK_VERSION_SHIFT | session);
  LAB_RELEASE(&task->address, address);
  LAB_STORE(&task->tid, 0);
  LAB_RELEASE(word, task->number + 1);
  return task;
}

// A thread may be stopped in the middle of a transition for longer than sessions last, and find that the record it is
// at has been swept away. What it writes there then is of no use, and does no harm: a record is given back by whoever
// takes its address out, and `next` lies where no transition writes.

static void take_back(struct lab_task *task, uintptr_t address) {
  if (atomic_compare_exchange_strong(&task->address, &address, 0)) give_back(task);
}

void lab_task_remove(struct lab_task *task, uintptr_t address) {
  _Atomic uint32_t *word = word_of(address);
  if (LAB_LOAD(word) == task->number + 1) LAB_STORE(word, 0);
  if (lab_task_state(LAB_LOAD(&task->word)) != LAB_TASK_IS_NONE)
    lab_task_becomes(task, LAB_TASK_IS_NONE, LAB_TASK_AWAITS_NOTHING, 0);
  take_back(task, address);
}

void lab_task_table_sweep(uint32_t last_session) {
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    struct lab_task *task = lab_task_record_at(i);
    uintptr_t address = task == NULL ? 0 : LAB_LOAD(&task->address);
    if (address == 0 || lab_task_session_of(LAB_LOAD(&task->word)) == last_session) continue;
    lab_task_becomes(task, LAB_TASK_IS_NONE, LAB_TASK_AWAITS_NOTHING, 0);
    take_back(task, address);
  }
}

// MARK: - Threads

static void thread_ends(struct lab_thread *thread, bool blocked) {
  (void)thread;
  (void)blocked;
  if (lab_self.spares > 0) give_spares(&lab_self, 0);
}

static void after_fork_in_child(void) {
  lab_lock_reset(&spares.lock);
  lab_self.tid = lab_gettid();
}

__attribute__((constructor(LAB_STARTS_TASKS))) static void prepare_table(void) {
  static struct lab_thread_watcher watcher = {.ends = thread_ends};
  lab_threads_watch(&watcher);
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
