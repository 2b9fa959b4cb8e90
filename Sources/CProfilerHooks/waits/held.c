// C, because it is called inside lock and unlock. It asks the kernel for the words of locks that others wait for.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "waits/held.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "lab_memory.h"
#include "tasks/task.h"
#include "waits/waits.h"
#include <errno.h>
#include <pthread.h>

LAB_HIDE_THIS_FILE

enum { HELD = 8 };
/// Which locks, as far as there is room; of others only how many they are.
static __thread struct {
  uint64_t sessions;
  uint32_t count;
  const void *locks[HELD];
} held __attribute__((tls_model("initial-exec")));

/// Which recordings run. Who gives a lock back that it took in others has not been seen to.
static uint64_t sessions(void) {
  return (uint64_t)LAB_LOAD(&lab_block_active) << 32 | LAB_LOAD(&lab_mutex_active);
}

void lab_held_add(const void *lock) {
  if (held.sessions != sessions()) {
    held.sessions = sessions();
    held.count = 0;
  }
  if (held.count < HELD) held.locks[held.count] = lock;
  held.count++;
}

void lab_held_remove(const void *lock) {
  uint32_t known = held.count < HELD ? held.count : HELD, i = known;
  while (i > 0 && held.locks[i - 1] != lock) i--;
  // One that was taken before anybody looked.
  if (i == 0 && held.count <= HELD) return;
  for (; i > 0 && i < known; i++) held.locks[i - 1] = held.locks[i];
  held.count--;
}

int lab_held_got(const void *lock, int error) {
  if (error == 0 || error == EOWNERDEAD) lab_held_add(lock);
  return error;
}

// MARK: - Mutex

enum { AWAITED = 64 };
struct lab_awaited_mutex {
  _Atomic uintptr_t mutex; ///< 0: none
};
static lab_awaited_mutex awaited[AWAITED];
static _Atomic uint32_t awaited_count;

lab_awaited_mutex *lab_mutex_is_awaited(const void *mutex) {
  for (int i = 0; i < AWAITED; i++) {
    uintptr_t none = 0;
    if (!atomic_compare_exchange_strong(&awaited[i].mutex, &none, (uintptr_t)mutex)) continue;
    atomic_fetch_add(&awaited_count, 1);
    return &awaited[i];
  }
  lab_lose(LAB_LOSS_task_habits_full, 1);
  return NULL;
}

void lab_mutex_is_awaited_no_more(lab_awaited_mutex *place) {
  if (place == NULL) return;
  LAB_RELEASE(&place->mutex, 0);
  atomic_fetch_sub(&awaited_count, 1);
}

/// Its word is the owner's id, and a bit for those who wait; by now it may be gone.
static bool holds_awaited_mutex(void) {
  enum { ID = 0x3fffffff };
  if (LAB_LIKELY(LAB_LOAD(&awaited_count) == 0)) return false;
  int own = lab_gettid();
  for (int i = 0; i < AWAITED; i++) {
    uintptr_t mutex = LAB_LOAD(&awaited[i].mutex);
    uint32_t word = 0;
    if (mutex != 0 && lab_read_memory(mutex, &word, sizeof word) && (int)(word & ID) == own) return true;
  }
  return false;
}

// MARK: - What is asked

static bool knows_any(void) { return held.count > 0 && held.sessions == sessions(); }

/// Whether a lock is the one by which the runtime changes a task's status: it lies in the task. Who cancels a task has it
/// while the cancellation handlers run, and these resume others as they should.
static bool is_of_runtime(uintptr_t lock) {
  enum { ALIGNMENT = 16 };
  uintptr_t size = lab_runtime_tasks().size;
  for (uintptr_t task = lock & ~(uintptr_t)(ALIGNMENT - 1); task + size > lock; task -= ALIGNMENT)
    if (lab_task_at(task) != NULL) return true;
  return false;
}

bool lab_holds_lock(void) {
  if (knows_any())
    for (uint32_t i = 0; i < held.count && i < HELD; i++)
      if (!is_of_runtime((uintptr_t)held.locks[i])) return true;
  return holds_awaited_mutex();
}

bool lab_holds_awaited_lock(void) {
  if (knows_any())
    for (uint32_t i = 0; i < held.count && i < HELD; i++)
      if (lab_lock_is_awaited(held.locks[i]) && lab_lock_has_waiters(held.locks[i])) return true;
  return holds_awaited_mutex();
}

// MARK: - Fork: nobody waits in the child.

static void after_fork_in_child(void) {
  for (int i = 0; i < AWAITED; i++) LAB_STORE(&awaited[i].mutex, 0);
  LAB_STORE(&awaited_count, 0);
}

__attribute__((constructor(LAB_STARTS_WAITS))) static void prepare_held(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}
#endif
