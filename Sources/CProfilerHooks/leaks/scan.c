// Finds the tracked blocks that no root leads to: stops the threads, marks, copies the rest, lets the threads go.
//
// C, because a stopped thread may own malloc's lock: between stop and resume there is no heap, no lock and no dynamic
// linker, only system calls, memory and malloc_usable_size (which only reads the block's header).
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/clock.h"
#include "base/start_order.h"
#include "base/system_call.h"
#include "lab_heap.h"
#include "leaks/mark.h"
#include "leaks/suspended.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define OWN_REGIONS 4096
#define DEAD_RANGES 65536
#define ATTEMPTS 20
/// How often it is looked again because a thread that sleeps with the signal blocked has woken meanwhile.
#define LOOKS_FOR_WOKEN 5

static _Atomic bool busy;

/// A scan of another thread's does not go on in the child.
static void after_fork_in_child(void) { atomic_store(&busy, false); }
__attribute__((constructor(LAB_STARTS_LEAKS))) static void prepare_scans(void) {
  pthread_atfork(NULL, NULL, after_fork_in_child);
}

/// Has the kernel put memory behind the pages now, so that it need not while the threads wait.
static void touch(void *start, size_t bytes) {
  uintptr_t page = lab_page_bytes(), first = ((uintptr_t)start + page - 1) & ~(page - 1);
  lab_system_call(SYS_madvise, first, bytes & ~(page - 1), MADV_HUGEPAGE);
  for (size_t at = 0; at < bytes; at += page) ((volatile char *)start)[at] = 0;
}

/// All that a scan keeps, each with how many bytes it takes.
typedef struct scan_table {
  void **start;
  size_t bytes;
  size_t touched; ///< how many the pages are had of before the threads stand still
} scan_table;
#define TABLES 22

static void list_tables(lab_leak_scan *scan, scan_table out[TABLES]) {
  size_t capacity = scan->capacity, bits = capacity / 8, filter = (1ul << LAB_FILTER_SHIFT) / 8;
  size_t blocks = capacity * sizeof(lab_heap_block), layouts = LAB_LAYOUTS * sizeof(lab_block_layout);
  size_t of_tasks = scan->suspended == NULL ? 0 : capacity * sizeof *scan->of_tasks;
  const scan_table tables[TABLES] = {
      {(void **)&scan->blocks, blocks, scan->expected * sizeof(lab_heap_block)},
      {(void **)&scan->marked, bits, bits},
      {(void **)&scan->opaque, bits, bits},
      {(void **)&scan->handled, bits, bits},
      {(void **)&scan->objects, bits, bits},
      {(void **)&scan->leads, bits, bits},
      {(void **)&scan->asked, bits, bits},
      {(void **)&scan->held, bits, bits},
      {(void **)&scan->asked_filter, filter, filter},
      {(void **)&scan->accounted, bits, bits},
      {(void **)&scan->doubted, bits, bits},
      {(void **)&scan->pieces, bits, bits},
      {(void **)&scan->packed, bits, bits},
      {(void **)&scan->layouts, layouts, layouts},
      {(void **)&scan->page, LAB_PAGE, LAB_PAGE},
      {(void **)&scan->of_tasks, of_tasks, of_tasks},
      {(void **)&scan->owners, capacity * sizeof *scan->owners, 0},
      {(void **)&scan->stack, capacity * sizeof *scan->stack, 0},
      {(void **)&scan->owner, capacity * sizeof *scan->owner, 0},
      {(void **)&scan->number, capacity * sizeof *scan->number, 0},
      {(void **)&scan->own, OWN_REGIONS * sizeof(lab_own_region), 0},
      {(void **)&scan->dead.ranges, DEAD_RANGES * sizeof(lab_leaks_range), 0},
  };
  memcpy(out, tables, sizeof tables);
}

/// Blocks made until the threads stop need room too.
static bool open_scan(lab_leak_scan *scan, size_t expected) {
  scan->expected = expected;
  scan->capacity = expected + expected / 4 + (1 << 16);
  scan->dead.capacity = DEAD_RANGES;
  scan_table tables[TABLES];
  list_tables(scan, tables);
  for (unsigned i = 0; i < TABLES; i++) {
    if (!lab_map_words(tables[i].start, tables[i].bytes)) return false;
    touch(*tables[i].start, tables[i].touched);
  }
  return lab_world_open(&scan->world) && lab_map_open(&scan->map);
}

static void close_scan(lab_leak_scan *scan) {
  lab_index_close(&scan->index);
  scan_table tables[TABLES];
  list_tables(scan, tables);
  for (unsigned i = 0; i < TABLES; i++) lab_unmap_words(*tables[i].start, tables[i].bytes);
  if (scan->world.threads != NULL) lab_world_close(&scan->world);
  lab_map_close(&scan->map);
}

static void mark_roots(lab_leak_scan *scan, lab_leaks_result *out, uintptr_t own_sp,
                       const uintptr_t registers[LAB_CALLEE_SAVED]) {
  lab_mark_root(scan, (uintptr_t)registers, (uintptr_t)(registers + LAB_CALLEE_SAVED), LAB_ROOT_STACK);
  out->unread_bytes = lab_roots_visit(&scan->map, &scan->world, &scan->dead, &scan->index, own_sp, scan->own,
                                      OWN_REGIONS, scan->page, lab_mark_root, scan);
}

static void mark_and_account(lab_leak_scan *scan, lab_leaks_result *out, uintptr_t own_sp,
                             const uintptr_t registers[LAB_CALLEE_SAVED]) {
  scan->asks = true;
  lab_mark_prepare(scan);
  mark_roots(scan, out, own_sp, registers);
  scan->asks = false;
  lab_accounts_settle(scan);
  lab_mark_held(scan);
}

/// Whatever looks like a reference to an object counts: a task must not be called lost for a word that is doubted.
static bool mark_but_suspended(lab_leak_scan *scan, lab_leaks_result *out, uintptr_t own_sp,
                               const uintptr_t registers[LAB_CALLEE_SAVED]) {
  lab_mark_prepare(scan);
  if (!lab_suspended_open(scan)) return false;
  mark_roots(scan, out, own_sp, registers);
  lab_suspended_sweep(scan, own_sp, registers, OWN_REGIONS);
  return true;
}

/// All that happens while the threads stand still.
static lab_leaks_status scan_stopped(lab_leak_scan *scan, lab_leaks_result *out, uintptr_t own_sp,
                                     const uintptr_t registers[LAB_CALLEE_SAVED]) {
  if (lab_heap_moving_count() != 0) return LAB_LEAKS_UNSETTLED;
  size_t count = lab_heap_copy_blocks(scan->blocks, scan->capacity);
  if (count > scan->capacity) return LAB_LEAKS_UNSETTLED;
  if (!lab_map_read(&scan->map)) return LAB_LEAKS_NO_MAPS;
  if (!lab_index_open(&scan->index, scan->blocks, count)) return LAB_LEAKS_NO_MEMORY;
  for (unsigned i = 0; i < LAB_WAITING; i++) scan->waiting[i].block = LAB_NO_BLOCK;
  lab_dispatch_find(scan);
  lab_note_handled(scan, (uintptr_t)registers, (uintptr_t)(registers + LAB_CALLEE_SAVED), LAB_ROOT_STACK);
  lab_stacks_visit(&scan->map, &scan->world, &scan->dead, own_sp, lab_note_handled, scan);
  lab_opaque_find(scan);
  if (scan->suspended == NULL) mark_and_account(scan, out, own_sp, registers);
  else if (!mark_but_suspended(scan, out, own_sp, registers)) return LAB_LEAKS_NO_MEMORY;
  lab_opaque_keep(scan);
  out->root_bytes = scan->root_bytes;
  bool is_whole = lab_result_copy(scan, out) && (scan->suspended == NULL || lab_suspended_collect(scan));
  return is_whole ? LAB_LEAKS_OK : LAB_LEAKS_NO_MEMORY;
}

static lab_leaks_status status_of(enum lab_world_status status) {
  switch (status) {
  case LAB_WORLD_OK: return LAB_LEAKS_OK;
  case LAB_WORLD_FOREIGN_HANDLER: return LAB_LEAKS_FOREIGN_HANDLER;
  case LAB_WORLD_NO_LIST: return LAB_LEAKS_NO_MAPS;
  case LAB_WORLD_NOT_STOPPED: return LAB_LEAKS_NOT_STOPPED;
  }
}

/// What is to be found: the leaked blocks, with an age of those that are not; or suspended tasks, too.
typedef struct scan_wish {
  lab_leaks_result *out;
  lab_leaks_age young;
  lab_task_leaks *tasks; ///< of which `out` is a part; NULL: no tasks
  const lab_task_leaks_wish *of_tasks;
} scan_wish;

static void forget(scan_wish wish) {
  if (wish.tasks != NULL) lab_task_leaks_free(wish.tasks);
  else lab_leaks_free(wish.out);
}

static __attribute__((noinline)) lab_leaks_status attempt(scan_wish wish, uint64_t patience, uintptr_t own_sp,
                                const uintptr_t registers[LAB_CALLEE_SAVED], bool is_last_look) {
  lab_leaks_result *out = wish.out;
  lab_suspended suspended = {.out = wish.tasks, .wish = wish.of_tasks};
  lab_leak_scan scan = {.young = wish.young, .suspended = wish.tasks == NULL ? NULL : &suspended};
  lab_leaks_status status = LAB_LEAKS_NO_MEMORY;
  if (open_scan(&scan, lab_heap_block_count())) {
    lab_dispatch_prepare(&scan);
    scan.tasks = lab_runtime_tasks();
    uint64_t start = lab_now();
    status = status_of(lab_world_stop(&scan.world, patience));
    if (status == LAB_LEAKS_OK) status = scan_stopped(&scan, out, own_sp, registers);
    if (status == LAB_LEAKS_OK) out->woken_threads = lab_world_woken(&scan.world);
    if (out->woken_threads > 0 && !is_last_look) status = LAB_LEAKS_UNSETTLED;
    out->pause_nanoseconds = lab_now() - start;
    lab_world_resume(&scan.world);
    if (status == LAB_LEAKS_OK && !lab_result_connect(&scan, out)) status = LAB_LEAKS_NO_MEMORY;
    out->culprit = scan.world.culprit;
    for (uint32_t i = 0; i < scan.world.count; i++) {
      out->threads += scan.world.threads[i].state != LAB_STOP_GONE;
      out->unreadable_threads += scan.world.threads[i].state == LAB_STOP_ASLEEP;
    }
  }
  lab_suspended_close(&scan);
  close_scan(&scan);
  return status;
}

static char older_than[32];

const char *lab_leaks_older_than(void) { return *older_than != 0 ? older_than : NULL; }

/// Whoever is recorded finds the environment it would have had.
static void take_age_from_environment(void) {
  static const char variable[] = "LAB_LEAKS_OLDER_THAN";
  const char *text = getenv(variable);
  if (text == NULL) return;
  snprintf(older_than, sizeof older_than, "%s", text);
  if (getenv("LAB_RECORD") != NULL) unsetenv(variable);
}

const char *lab_leaks_begin(long rate) {
  take_age_from_environment();
  const char *reason = lab_heap_reason(lab_heap_start((uint64_t)rate));
  if (reason != NULL) return reason;
  if (!lab_leaks_armed()) {
    lab_heap_stop();
    return "/proc/self/maps cannot be read, so what was allocated before is not known";
  }
  // Fresh memory still holds addresses of what it was before; they would keep leaked blocks from being found.
  lab_heap_clear_fresh(true);
  return NULL;
}

/// As much as the functions between LeakDetector.report and the scan have of the stack.
#define OWN_FRAMES 24576

__attribute__((noinline)) void lab_leaks_clear_stack(void) {
  volatile char below[OWN_FRAMES];
  for (size_t i = 0; i < sizeof below; i++) below[i] = 0;
}

static __attribute__((noinline)) lab_leaks_status scan_until_settled(
    scan_wish wish, uint64_t patience, uintptr_t own_sp, const uintptr_t registers[LAB_CALLEE_SAVED]) {
  lab_leaks_result *out = wish.out;
  if (lab_heap_rate() != 1) return LAB_LEAKS_NOT_ARMED;
  if (atomic_exchange(&busy, true)) return LAB_LEAKS_BUSY;
  uint64_t start = lab_now();
  lab_leaks_status status = LAB_LEAKS_UNSETTLED;
  unsigned looks = 1;
  for (uint32_t i = 0; i < ATTEMPTS && status == LAB_LEAKS_UNSETTLED; i++) {
    forget(wish);
    status = attempt(wish, patience, own_sp, registers, looks >= LOOKS_FOR_WOKEN);
    looks += status == LAB_LEAKS_UNSETTLED && out->woken_threads > 0;
    out->attempts = i + 1;
  }
  out->total_nanoseconds = lab_now() - start;
  LAB_RELEASE(&busy, false);
  return status;
}

/// Not inlined, and neither is what it calls: from its frame up the words on this stack are roots, below they are not.
__attribute__((noinline)) lab_leaks_status lab_leaks_scan(lab_leaks_result *out, uint64_t patience, lab_leaks_age young) {
  uintptr_t registers[LAB_CALLEE_SAVED];
  lab_callee_saved(registers);
  uintptr_t own_sp = lab_registers_here().sp;
  *out = (lab_leaks_result){0};
  return scan_until_settled((scan_wish){.out = out, .young = young}, patience, own_sp, registers);
}

/// The same.
__attribute__((noinline)) lab_leaks_status lab_task_leaks_scan(lab_task_leaks *out, const lab_task_leaks_wish *wish) {
  uintptr_t registers[LAB_CALLEE_SAVED];
  lab_callee_saved(registers);
  uintptr_t own_sp = lab_registers_here().sp;
  *out = (lab_task_leaks){0};
  return scan_until_settled((scan_wish){.out = &out->graph, .tasks = out, .of_tasks = wish},
                            wish->patience_nanoseconds, own_sp, registers);
}
#endif
