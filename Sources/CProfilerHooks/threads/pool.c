// The parts of threads that are never unmapped: slabs of them, and a list of those that are free.
//
// C because births and ends of threads pass through it. Lock-free: a list whose head carries a count against ABA
// (R. K. Treiber, "Coping with Parallelism", 1986; IBM System/370 Principles of Operation). Calls the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/system_call.h"
#include "threads/thread.h"
#include <sys/mman.h>

LAB_HIDE_THIS_FILE

__thread struct lab_self lab_self __attribute__((tls_model("initial-exec")));

enum { SLAB = 512, SLABS = 2048 };
static _Atomic(struct lab_thread *) slabs[SLABS];
static _Atomic uint32_t made;
/// The number + 1 of the first free one; above it, how often the list was changed.
static _Atomic uint64_t head;

uint32_t lab_thread_count(void) {
  uint32_t count = LAB_ACQUIRE(&made);
  return count < SLAB * SLABS ? count : SLAB * SLABS;
}

struct lab_thread *lab_thread_at(uint32_t number) {
  struct lab_thread *slab = LAB_ACQUIRE(&slabs[number / SLAB]);
  return slab ? &slab[number % SLAB] : NULL;
}

/// Not memory of the profiler's own: until its thread runs, this is all that holds the thread's argument, and a leak
/// scan has to see it.
static bool make_slab(uint32_t number) {
  _Atomic(struct lab_thread *) *slot = &slabs[number / SLAB];
  if (LAB_ACQUIRE(slot)) return true;
  size_t bytes = SLAB * sizeof(struct lab_thread);
  long memory = lab_system_call(SYS_mmap, NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (lab_is_refusal(memory)) return false;
  struct lab_thread *none = NULL;
  if (!atomic_compare_exchange_strong(slot, &none, (struct lab_thread *)memory))
    lab_system_call(SYS_munmap, memory, bytes);
  return true;
}

static struct lab_thread *take_free(void) {
  uint64_t first = atomic_load(&head);
  while ((uint32_t)first != 0) {
    struct lab_thread *thread = lab_thread_at((uint32_t)first - 1);
    uint64_t next = ((first >> 32) + 1) << 32 | LAB_LOAD(&thread->next);
    if (atomic_compare_exchange_weak(&head, &first, next)) return thread;
  }
  return NULL;
}

struct lab_thread *lab_thread_take(void) {
  struct lab_thread *thread = take_free();
  if (!thread) {
    uint32_t number = atomic_fetch_add(&made, 1);
    if (number >= SLAB * SLABS) {
      atomic_store(&made, SLAB * SLABS);
      return NULL;
    }
    if (!make_slab(number)) return NULL;
    thread = lab_thread_at(number);
    thread->number = number;
  }
  thread->lives++;
  thread->is_main = false;
  thread->inherits_block = thread->is_counted = false;
  thread->stack_bytes = 0;
  thread->start = NULL;
  thread->argument = NULL;
  thread->made_by = thread->made_below = 0;
  LAB_STORE(&thread->tid, 0);
  LAB_STORE(&thread->blocks, false);
  LAB_RELEASE(&thread->state, LAB_THREAD_MADE);
  return thread;
}

void lab_thread_give(struct lab_thread *thread) {
  // It would count as a reference.
  thread->argument = NULL;
  LAB_RELEASE(&thread->state, LAB_THREAD_FREE);
  uint64_t first = atomic_load(&head);
  do LAB_STORE(&thread->next, (uint32_t)first);
  while (!atomic_compare_exchange_weak(&head, &first, ((first >> 32) + 1) << 32 | (thread->number + 1)));
}

void lab_threads_forget_others(const struct lab_thread *own) {
  atomic_store(&head, 0);
  for (uint32_t i = 0; i < lab_thread_count(); i++) {
    struct lab_thread *thread = make_slab(i) ? lab_thread_at(i) : NULL;
    if (!thread || thread == own) continue;
    thread->number = i;
    lab_thread_give(thread);
  }
}
#endif
