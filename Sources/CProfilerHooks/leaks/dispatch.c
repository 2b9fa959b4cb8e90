// What libdispatch is done with, though roots have it: the continuations that it keeps for later, and what lies on the
// stacks of its threads that wait for work. Both hold addresses of what has run.
//
// C, because all other threads stand still meanwhile, but for lab_dispatch_prepare; it reads memory, and asks the kernel
// whether it can be read.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/mark.h"
#include "runtime/layout.h"
#include "unwind/unwind.h"
#include <link.h>
#include <string.h>

// MARK: - The library

/// More than the thread-local storage of all libraries that were loaded at the start.
#define STATIC_TLS_BYTES 65536

/// Where every thread has the list of unused continuations, from its thread pointer. Storage of libraries loaded later
/// lies elsewhere in each.
static intptr_t continuations_in(const struct dl_phdr_info *info, intptr_t place) {
  intptr_t distance = (intptr_t)info->dlpi_tls_data - (intptr_t)lab_thread_pointer();
  intptr_t beyond = LAB_STORAGE_IS_ABOVE ? distance : -distance;
  bool is_static = info->dlpi_tls_data != NULL && beyond > 0 && beyond < STATIC_TLS_BYTES;
  return is_static ? distance + place + LAB_DISPATCH_TSD_CACHE : 0;
}

static int find_library(struct dl_phdr_info *info, size_t size, void *context) {
  (void)size;
  lab_leak_scan *scan = context;
  bool is_program = info->dlpi_name == NULL || *info->dlpi_name == 0;
  bool has_it = is_program ? lab_runtime_dispatch_storage() != INTPTR_MAX
                           : strstr(info->dlpi_name, "/libdispatch.so") != NULL;
  if (!has_it) return 0;
  intptr_t place = is_program ? lab_runtime_dispatch_storage() : 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *header = &info->dlpi_phdr[i];
    uintptr_t start = info->dlpi_addr + header->p_vaddr;
    bool holds = header->p_type == PT_TLS && place <= (intptr_t)header->p_memsz - LAB_DISPATCH_TSD_BYTES;
    if (holds && (is_program || header->p_memsz == LAB_DISPATCH_TSD_BYTES))
      scan->continuations = continuations_in(info, place);
    // In the program's own code and data it cannot be told from the program's.
    if (is_program || header->p_type != PT_LOAD) continue;
    if (header->p_flags & PF_X) scan->dispatch_code = (lab_leaks_range){start, start + header->p_memsz};
    if (header->p_flags & PF_W) scan->dispatch_data = (lab_leaks_range){start, start + header->p_memsz};
  }
  return 1;
}

void lab_dispatch_prepare(lab_leak_scan *scan) { dl_iterate_phdr(find_library, scan); }

// MARK: - Stretches that are dead

static void add(lab_dead *dead, uintptr_t start, uintptr_t limit) {
  if (dead->count < dead->capacity) dead->ranges[dead->count++] = (lab_leaks_range){start, limit};
}

/// D. L. Shell's: it needs no memory, and they come nearly in order.
static void sort(lab_dead *dead) {
  for (size_t gap = dead->count / 2; gap > 0; gap /= 2)
    for (size_t i = gap; i < dead->count; i++) {
      lab_leaks_range range = dead->ranges[i];
      size_t at = i;
      for (; at >= gap && dead->ranges[at - gap].start > range.start; at -= gap) dead->ranges[at] = dead->ranges[at - gap];
      dead->ranges[at] = range;
    }
}

// MARK: - Unused continuations

/// NULL if none can be there.
static const lab_dispatch_continuation *continuation_at(const lab_leak_scan *scan, uintptr_t address) {
  const lab_mapping *mapping = lab_map_find(&scan->map, address);
  bool is_readable = mapping != NULL && mapping->readable && !mapping->shared && address % 8 == 0 &&
                     mapping->limit - address >= sizeof(lab_dispatch_continuation);
  return is_readable ? (const lab_dispatch_continuation *)address : NULL;
}

/// How many continuations hang on `address` if it is a list of unused ones: each counts those from itself on, and the
/// last has none after it. 0 if it is anything else.
static size_t unused_continuations(const lab_leak_scan *scan, uintptr_t address) {
  const lab_dispatch_continuation *c = continuation_at(scan, address);
  uint32_t length = c == NULL ? 0 : c->cache_count;
  if (length > 1 << 16) return 0;
  for (uint32_t left = length; left > 0; left--) {
    if (c == NULL || c->cache_count != left || (c->next == 0) != (left == 1)) return 0;
    c = continuation_at(scan, c->next);
  }
  return length;
}

/// libdispatch keeps used continuations in a list a thread, which begins in thread-local storage; each still holds the
/// address of what it was made for, such as a task. Source: src/inline_internal.h,
/// _dispatch_continuation_free_cacheonly.
static void find_unused_continuations(lab_leak_scan *scan, uintptr_t thread_pointer) {
  if (scan->continuations == 0) return;
  uintptr_t slot = thread_pointer + (uintptr_t)scan->continuations;
  const lab_mapping *mapping = lab_map_find(&scan->map, slot);
  if (mapping == NULL || !mapping->readable || slot % 8 != 0) return;
  uintptr_t address = *(const uintptr_t *)slot;
  for (size_t left = unused_continuations(scan, address); left > 0; left--) {
    uint32_t block = lab_block_at(scan, address, sizeof(lab_dispatch_continuation));
    if (block != LAB_NO_BLOCK) {
      lab_set_bit(scan->opaque, block);
      lab_set_bit(scan->marked, block);
    } else {
      // From before there was tracking: it lies in what is a root.
      add(&scan->dead, address, address + sizeof(lab_dispatch_continuation));
    }
    address = ((const lab_dispatch_continuation *)address)->next;
  }
}

// MARK: - Threads that wait for work

enum {
  MOST_FRAMES = 64,
  /// With what a thread's function is called: start_thread and clone.
  OUTERMOST_FRAMES = 2,
};

static bool lies_in(lab_leaks_range range, uintptr_t address) {
  return address - range.start < range.limit - range.start;
}

/// Whether the thread is in a call that libdispatch alone makes: it sleeps on a semaphore in the library's own data, or
/// for events, which go to its stack.
static bool is_in_call_of_pool(const lab_leak_scan *scan, const lab_stopped_thread *thread,
                               struct lab_registers registers) {
  const lab_kernel_call *call = &thread->call;
  if (call->sp == 0 || !lab_call_lasted(registers, call)) return false;
  switch (call->number) {
  case SYS_futex: return lies_in(scan->dispatch_data, call->arguments[0]);
#ifdef SYS_epoll_wait // What newer architectures have no number for.
  case SYS_epoll_wait:
#endif
  case SYS_epoll_pwait: return call->arguments[1] >= registers.sp && call->arguments[1] < thread->pointer;
  default: return false;
  }
}

/// Where the first function of a thread of the pool returns to, if it has nobody else's on its stack: it runs code of
/// libdispatch, called by that of the library which threads begin in, and calls only that. 0 if it has.
static uintptr_t origin_of_idle(const lab_leak_scan *scan, struct lab_registers registers) {
  uintptr_t pcs[MOST_FRAMES];
  struct lab_walk walk = lab_walk_stack(registers, pcs, MOST_FRAMES, 1);
  if (walk.flags != LAB_WALK_ROOT) return 0;
  int first = 0;
  while (first < walk.depth && !lies_in(scan->dispatch_code, pcs[first])) first++;
  int outer = first;
  while (outer < walk.depth && lies_in(scan->dispatch_code, pcs[outer])) outer++;
  if (outer == first || outer == walk.depth || walk.depth - outer > OUTERMOST_FRAMES) return 0;
  const struct lab_modules *modules = LAB_ACQUIRE(&lab_current_modules);
  const struct lab_module *origin = lab_find_module(modules, pcs[outer]);
  for (int i = 0; i < first; i++)
    if (origin == NULL || lab_find_module(modules, pcs[i]) != origin) return 0;
  return pcs[outer];
}

/// What an idle thread of the pool has in its frames and registers is the pool's own, or was left there: the functions of
/// the program that it has run lay deeper in part, and not all of a frame is filled.
static void find_idle(lab_leak_scan *scan, const lab_stopped_thread *thread) {
  struct lab_registers registers = lab_registers_in(thread->registers);
  const lab_mapping *stack = lab_map_find(&scan->map, registers.sp);
  if (stack == NULL || !is_in_call_of_pool(scan, thread, registers)) return;
  uintptr_t origin = origin_of_idle(scan, registers), end = registers.sp & ~7ul;
  if (origin == 0) return;
  while (end + 8 <= stack->limit && *(const uintptr_t *)end != origin) end += 8;
  if (end + 8 > stack->limit) return;
  add(&scan->dead, registers.sp, end);
  add(&scan->dead, (uintptr_t)thread->registers, (uintptr_t)(thread->registers + LAB_REGISTER_COUNT));
}

void lab_dispatch_find(lab_leak_scan *scan) {
  find_unused_continuations(scan, lab_thread_pointer());
  for (uint32_t i = 0; i < scan->world.count; i++) {
    const lab_stopped_thread *thread = &scan->world.threads[i];
    if (thread->state != LAB_STOP_STOPPED) continue;
    find_unused_continuations(scan, thread->pointer);
    if (scan->dispatch_code.limit != 0) find_idle(scan, thread);
  }
  sort(&scan->dead);
}
#endif
