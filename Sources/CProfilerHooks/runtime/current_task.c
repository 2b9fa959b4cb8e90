// Finds where a thread keeps its current task: a thread-local variable of Swift's concurrency library.
//
// C because a signal handler reads it: `swift_task_getCurrent` uses thread-local storage of the kind that may allocate.
// Source: swift, stdlib/public/Concurrency/Actor.cpp (ActiveTask).
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "runtime/current_task.h"
#include "base/hidden.h"
#include "runtime/layout.h"
#include "threads/own_threads.h"
#include <link.h>

LAB_HIDE_THIS_FILE

_Atomic intptr_t lab_task_offset;

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

/// Of size 0 if there is none, or if it lies elsewhere on another thread: the same distance there means that it was
/// reserved at program start, for every thread.
static struct storage storage_of_every_thread(void) {
  struct storage here = {(uintptr_t)swift_task_getCurrent, 0, 0}, there = here, none = {0};
  if (!swift_task_getCurrent) return none;
  dl_iterate_phdr(find_storage, &here);
  pthread_t other;
  if (!here.size || lab_thread_start_own(&other, 256 << 10, find_storage_elsewhere, &there) != 0) return none;
  pthread_join(other, NULL);
  return there.offset == here.offset ? here : none;
}

intptr_t lab_concurrency_storage(void) {
  static _Atomic intptr_t known;
  if (LAB_LOAD(&known) == 0) LAB_STORE(&known, storage_of_every_thread().offset);
  return LAB_LOAD(&known);
}

bool lab_current_task_learn(void) {
  struct storage here = storage_of_every_thread();
  if (!here.size) return false;
  uintptr_t task = (uintptr_t)swift_task_getCurrent();
  intptr_t offset = 0;
  int found = 0;
  for (size_t at = 0; at + 8 <= here.size; at += 8) {
    intptr_t candidate = here.offset + (intptr_t)at;
    if (*(const volatile uintptr_t *)(lab_thread_pointer() + (uintptr_t)candidate) != task) continue;
    offset = candidate;
    found++;
  }
  if (!task || found != 1) return false;
  LAB_RELEASE(&lab_task_offset, offset);
  return true;
}
#endif
