// C because the handler reads labels. `lab_labels_current` is async-signal-safe; learning is not.
//
// A task keeps its task-local values in a list that its children continue, so the label set bound in one is in force
// wherever the task or a child runs. The handler finds the running task (current_task.c) and walks that list, which it
// learns from a task with a known value.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_labels.h"
#include "base/hidden.h"
#include "base/lock.h"
#include "runtime/current_task.h"
#include "runtime/layout.h"
#include "threads/thread.h"

LAB_HIDE_THIS_FILE

enum { MOST_ITEMS = 256 };

static _Atomic int state;
static uintptr_t label_key;

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

/// Remembers the page probed last: a task and its items mostly share one.
static bool can_read(uintptr_t address, size_t size, uintptr_t *page) {
  if (address < LAB_PAGE || (address & 7) || address >> LAB_USER_BITS) return false;
  for (uintptr_t p = address & ~(LAB_PAGE - 1); p < address + size; p += LAB_PAGE) {
    if (p == *page) continue;
    if (!lab_page_is_readable(p)) return false;
    *page = p;
  }
  return true;
}

static inline uint32_t labels_of_task(uintptr_t task, bool trusts) {
  uintptr_t page = 0;
  if (!trusts && !can_read(task + LAB_TASK_LOCALS, 8, &page)) return 0;
  uintptr_t item = word(task + LAB_TASK_LOCALS);
  for (int i = 0; i < MOST_ITEMS && (trusts ? item != 0 : can_read(item, LAB_ITEM_BYTES, &page)); i++) {
    uintptr_t next = word(item + LAB_ITEM_NEXT);
    if (!(next & LAB_ITEM_HAS_NO_VALUE) && word(item + LAB_ITEM_KEY) == label_key)
      return *(const volatile uint32_t *)(item + LAB_ITEM_VALUE);
    if ((next & LAB_ITEM_ENDS_LIST) == LAB_ITEM_ENDS_LIST) return 0;
    item = next & ~(uintptr_t)LAB_ITEM_KIND;
  }
  return 0;
}

static inline uint32_t labels_now(bool trusts) {
  if (LAB_ACQUIRE(&state) == LAB_LABELS_ON) {
    uintptr_t task = lab_current_task();
    if (task) return labels_of_task(task, trusts);
  }
  return lab_self.labels;
}

uint32_t lab_labels_of_task(uintptr_t task) {
  return LAB_ACQUIRE(&state) == LAB_LABELS_ON ? labels_of_task(task, true) : 0;
}

uint32_t lab_labels_current(void) { return labels_now(false); }
uint32_t lab_labels_here(void) { return labels_now(true); }

uint32_t lab_labels_exchange(uint32_t labels) {
  uint32_t former = lab_self.labels;
  lab_self.labels = labels;
  return former;
}

enum lab_labels_state lab_labels_state(void) { return (enum lab_labels_state)atomic_load(&state); }

static bool learn(const void *key, uint32_t value) {
  if (!lab_runtime_knows_locals() || !lab_current_task_learn()) return false;
  label_key = (uintptr_t)key;
  return labels_of_task(lab_current_task(), false) == value;
}

void lab_labels_learn(const void *key, uint32_t value) {
  static struct lab_lock lock;
  lab_lock(&lock);
  if (atomic_load(&state) == LAB_LABELS_UNUSED)
    LAB_RELEASE(&state, learn(key, value) ? LAB_LABELS_ON : LAB_LABELS_OFF);
  lab_unlock(&lock);
}
#endif
