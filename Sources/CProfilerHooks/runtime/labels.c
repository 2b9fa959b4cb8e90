// C because the handler reads labels. `lab_labels_current` is async-signal-safe; learning is not.
//
// A task keeps its task-local values in a list that its children continue, so the label set bound in one is in force
// wherever the task or a child runs. The handler finds the running task in a thread-local variable of Swift's
// concurrency library and walks that list. Neither place is public: both are learnt from a task with a known value.
// Source: swift, include/swift/ABI/TaskLocal.h (Item) and stdlib/public/Concurrency/Actor.cpp (ActiveTask).
#include "lab_labels.h"
#include "base/arch_x86_64.h"
#include "base/hidden.h"
#include "threads/own_threads.h"
#include "threads/thread_state.h"
#include <link.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

LAB_HIDE_THIS_FILE

extern void *swift_task_getCurrent(void) __attribute__((weak));
extern const uint32_t _swift_concurrency_debug_internal_layout_version __attribute__((weak));
extern const size_t _swift_concurrency_debug_asyncTaskSize __attribute__((weak));

enum {
  KNOWN_LAYOUT = 1,
  KNOWN_TASK_SIZE = 208,
  TASK_LOCALS = 136, ///< of a task: its innermost task-local item
  ITEM_NEXT = 0,     ///< of an item: the next, with its kind in the low bits
  ITEM_KEY = 8,
  ITEM_VALUE = 24,
  MOST_ITEMS = 256,
};
static const uintptr_t kind_bits = 7, has_no_value = 4, ends_list = 6;

static _Atomic int state;
static intptr_t task_offset; ///< from the thread pointer to the variable that holds the running task
static uintptr_t label_key;

static uintptr_t word(uintptr_t address) { return *(const volatile uintptr_t *)address; }

/// Remembers the page probed last: a task and its items mostly share one.
static bool can_read(uintptr_t address, size_t size, uintptr_t *page) {
  if (address < LAB_PAGE || (address & 7) || address >> 47) return false;
  for (uintptr_t p = address & ~(LAB_PAGE - 1); p < address + size; p += LAB_PAGE) {
    if (p == *page) continue;
    if (!lab_page_is_readable(p)) return false;
    *page = p;
  }
  return true;
}

static inline uint32_t labels_of_task(uintptr_t task, bool trusts) {
  uintptr_t page = 0;
  if (!trusts && !can_read(task + TASK_LOCALS, 8, &page)) return 0;
  uintptr_t item = word(task + TASK_LOCALS);
  for (int i = 0; i < MOST_ITEMS && (trusts ? item != 0 : can_read(item, ITEM_VALUE + 8, &page)); i++) {
    uintptr_t next = word(item + ITEM_NEXT);
    if (!(next & has_no_value) && word(item + ITEM_KEY) == label_key)
      return *(const volatile uint32_t *)(item + ITEM_VALUE);
    if ((next & ends_list) == ends_list) return 0;
    item = next & ~kind_bits;
  }
  return 0;
}

static inline uint32_t labels_now(bool trusts) {
  if (atomic_load_explicit(&state, memory_order_acquire) == LAB_LABELS_ON) {
    uintptr_t task = word(lab_thread_pointer() + (uintptr_t)task_offset);
    if (task) return labels_of_task(task, trusts);
  }
  return lab_thread_state.labels;
}

uint32_t lab_labels_current(void) { return labels_now(false); }
uint32_t lab_labels_here(void) { return labels_now(true); }

uint32_t lab_labels_exchange(uint32_t labels) {
  uint32_t former = lab_thread_state.labels;
  lab_thread_state.labels = labels;
  return former;
}

enum lab_labels_state lab_labels_state(void) { return (enum lab_labels_state)atomic_load(&state); }

// MARK: - Learning

struct storage {
  uintptr_t code; ///< an address in the module sought
  intptr_t offset;
  size_t size;
};

static int find_storage(struct dl_phdr_info *info, size_t size, void *argument) {
  (void)size;
  struct storage *found = argument;
  size_t storage_size = 0;
  bool contains = false;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    if (p->p_type == PT_TLS) storage_size = p->p_memsz;
    if (p->p_type == PT_LOAD && found->code - info->dlpi_addr - p->p_vaddr < p->p_memsz) contains = true;
  }
  if (!contains) return 0;
  if (info->dlpi_tls_data && storage_size) {
    found->offset = (intptr_t)((uintptr_t)info->dlpi_tls_data - lab_thread_pointer());
    found->size = storage_size;
  }
  return 1;
}

static void *find_storage_elsewhere(void *argument) {
  dl_iterate_phdr(find_storage, argument);
  return NULL;
}

static bool learn(const void *key, uint32_t value) {
  if (!swift_task_getCurrent || !&_swift_concurrency_debug_internal_layout_version ||
      !&_swift_concurrency_debug_asyncTaskSize ||
      _swift_concurrency_debug_internal_layout_version != KNOWN_LAYOUT ||
      _swift_concurrency_debug_asyncTaskSize != KNOWN_TASK_SIZE)
    return false;
  struct storage here = {(uintptr_t)swift_task_getCurrent, 0, 0}, there = here;
  dl_iterate_phdr(find_storage, &here);
  // The same distance on another thread means that the storage was reserved at program start, for every thread.
  pthread_t other;
  if (!here.size || lab_thread_start_own(&other, find_storage_elsewhere, &there) != 0) return false;
  pthread_join(other, NULL);
  if (there.offset != here.offset) return false;
  uintptr_t task = (uintptr_t)swift_task_getCurrent();
  int found = 0;
  label_key = (uintptr_t)key;
  for (size_t at = 0; at + 8 <= here.size; at += 8) {
    if (word(lab_thread_pointer() + (uintptr_t)here.offset + at) != task) continue;
    task_offset = here.offset + (intptr_t)at;
    found++;
  }
  return task && found == 1 && labels_of_task(task, false) == value;
}

void lab_labels_learn(const void *key, uint32_t value) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (atomic_load(&state) == LAB_LABELS_UNUSED)
    atomic_store_explicit(&state, learn(key, value) ? LAB_LABELS_ON : LAB_LABELS_OFF, memory_order_release);
  pthread_mutex_unlock(&lock);
}
