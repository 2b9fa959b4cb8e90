// Begins what finding lost tasks needs, and copies what a scan has found of them.
//
// C, because all other threads stand still while it copies; it reads memory and calls lab_own_map.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/start_order.h"
#include "lab_heap.h"
#include "leaks/suspended.h"
#include <stdlib.h>
#include <string.h>

/// Whether the environment has begun it.
static bool has_begun;

/// What the scan of leaks needs, which is shared with it if the environment asks for that, too; and tasks followed.
const char *lab_task_leaks_begin(long rate) {
  if (has_begun) return "lost tasks are recorded already";
  bool is_armed = lab_heap_clears_fresh();
  const char *reason = is_armed ? NULL : lab_leaks_begin(rate);
  if (reason != NULL) return reason;
  reason = lab_tasks_reason(lab_tasks_follow(NULL, true));
  has_begun = reason == NULL;
  if (!has_begun && !is_armed) lab_heap_stop();
  return reason;
}

void lab_task_leaks_end(void) {
  if (has_begun) lab_tasks_unfollow(NULL);
  has_begun = false;
}

static char asked_view[32];

const char *lab_task_leaks_asked_view(void) { return asked_view; }

/// Before the environment is the program's again.
__attribute__((constructor(LAB_STARTS_LEAKS))) static void read_view(void) {
  const char *view = getenv("LAB_TASKLEAK_VIEW");
  if (view != NULL && strlen(view) < sizeof asked_view) strcpy(asked_view, view);
}

// MARK: - The result

static void add_link(lab_leak_scan *scan, uint32_t task, void *context) {
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  if (out->tasks[task].is_kept) return;
  if (!lab_suspended_grow(suspended, (void **)&out->links, &out->link_capacity, out->link_count, sizeof *out->links))
    return;
  out->links[out->link_count++] = (lab_leaks_link){*(const uint32_t *)context, task};
}

static void add_list(lab_leak_scan *scan, uintptr_t record, void *context) {
  (void)context;
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  for (unsigned at = LAB_RECORD_CHILDREN; at <= LAB_RECORD_LAST_CHILD; at += 8)
    if (lab_suspended_grow(suspended, (void **)&out->lists, &out->list_capacity, out->list_count, sizeof *out->lists))
      out->lists[out->list_count++] = record + at;
}

/// Says in which blocks of the result the tasks lie, and which of these are theirs.
static LAB_POPCOUNT void collect_pieces(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  for (size_t i = 0; i < suspended->count; i++) {
    const lab_block_of_tasks *of = &suspended->blocks[i];
    if (lab_has_bit(scan->marked, of->block)) continue;
    uint32_t number = scan->number[of->block];
    if (!lab_suspended_grow(suspended, (void **)&out->pieces, &out->piece_capacity, out->piece_count,
                            sizeof *out->pieces))
      return;
    out->pieces[out->piece_count++] = (lab_leaks_piece){number, of->owner};
    bool begins_here = of->owner != LAB_LEAKS_NONE &&
                       out->tasks[of->owner].address == scan->blocks[of->block].address;
    if (begins_here) out->tasks[of->owner].block = number;
    for (uint32_t k = of->first; k != LAB_LEAKS_NONE; k = out->tasks[k].next) out->tasks[k].block = number;
  }
}

static bool copy_holders(lab_task_leaks *out) {
  size_t bytes = 0;
  for (size_t i = 0; i < out->holder_count; i++) bytes += out->holders[i].extent;
  if ((out->content = lab_own_map(bytes + 1)) == NULL) return false;
  out->content_bytes = bytes + 1;
  uint64_t copied = 0;
  for (size_t i = 0; i < out->holder_count; i++) {
    memcpy(out->content + copied, (const void *)out->holders[i].address, out->holders[i].extent);
    out->holders[i].content = copied;
    copied += out->holders[i].extent;
  }
  return true;
}

bool lab_suspended_collect(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  for (uint32_t i = 0; i < out->task_count; i++) {
    if (out->tasks[i].is_kept) continue;
    lab_suspended_each_waiting(scan, out->tasks[i].address, add_link, &i);
    lab_suspended_each_list(scan, out->tasks[i].address, add_list, NULL);
  }
  collect_pieces(scan);
  return copy_holders(out) && !suspended->lacks_memory;
}

static void unmap(void *start, size_t bytes) {
  if (start != NULL) lab_own_unmap(start, bytes);
}

void lab_task_leaks_free(lab_task_leaks *leaks) {
  lab_leaks_free(&leaks->graph);
  unmap(leaks->tasks, leaks->task_capacity * sizeof *leaks->tasks);
  unmap(leaks->links, leaks->link_capacity * sizeof *leaks->links);
  unmap(leaks->pieces, leaks->piece_capacity * sizeof *leaks->pieces);
  unmap(leaks->lists, leaks->list_capacity * sizeof *leaks->lists);
  unmap(leaks->entries, leaks->entry_capacity * sizeof *leaks->entries);
  unmap(leaks->holders, leaks->holder_capacity * sizeof *leaks->holders);
  unmap(leaks->content, leaks->content_bytes);
  *leaks = (lab_task_leaks){0};
}
#endif
