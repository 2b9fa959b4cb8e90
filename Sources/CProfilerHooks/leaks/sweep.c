// Finds what leads to suspended tasks, once all that roots lead to is marked but what these keep.
//
// What can resume a task has its address: a continuation, the queue of those that await another task, a list of children.
// So has whoever holds a handle, who can do no more than cancel it. In memory without a type such words are taken for the
// former, unless the runtime has counted as many handles as there are words. Which it is of an object's words is known by
// their types; these are noted as entries, and so are those of data, for variables may have types, too. On a stack nobody
// can tell; that is noted of the task. What a task leads to that is kept is marked, and looked at likewise.
//
// The idea is that of Go's goroutineleak: G.-V. Saioc and others, Dynamic Partial Deadlock Detection and Recovery via
// Garbage Collection (ASPLOS 2025). C, because all other threads stand still meanwhile; it reads memory and calls
// lab_own_map.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/suspended.h"
#include <malloc.h>

/// What the words are of that are looked at.
enum { HOLDER_DATA, HOLDER_STACK, HOLDER_STACK_OF_TASK, HOLDER_MEMORY, HOLDER_OBJECT };

/// More words of data are not looked at one by one: then they count.
enum { MOST_DATA_ENTRIES = 4096 };

static void keep(lab_leak_scan *scan, uint32_t task, void *context) {
  (void)context;
  lab_suspended *suspended = scan->suspended;
  lab_leaks_task *kept = &suspended->out->tasks[task];
  if (kept->is_kept) return;
  kept->is_kept = true;
  suspended->kept[suspended->depth++] = task;
}

static void add_entry(lab_suspended *suspended, lab_leaks_entry entry) {
  lab_task_leaks *out = suspended->out;
  if (!lab_suspended_grow(suspended, (void **)&out->entries, &out->entry_capacity, out->entry_count, sizeof entry))
    return;
  out->entries[out->entry_count++] = entry;
}

/// The position of the object that is looked at among the holders.
static uint32_t this_holder(const lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  const lab_heap_block *block = &scan->blocks[suspended->holding];
  if (out->holder_count > 0 && out->holders[out->holder_count - 1].address == block->address)
    return (uint32_t)out->holder_count - 1;
  if (!lab_suspended_grow(suspended, (void **)&out->holders, &out->holder_capacity, out->holder_count,
                          sizeof *out->holders))
    return LAB_LEAKS_NONE;
  out->holders[out->holder_count] = (lab_leaks_block){
      .address = block->address, .size = block->size, .extent = malloc_usable_size((void *)block->address),
      .content = LAB_LEAKS_NOT_COPIED, .stack = block->stack};
  return (uint32_t)out->holder_count++;
}

/// A word at `at` leads to a task in question.
static void note_way(lab_leak_scan *scan, uintptr_t at, uintptr_t address, uint32_t number) {
  lab_suspended *suspended = scan->suspended;
  lab_leaks_task *task = &suspended->out->tasks[number];
  if (task->is_kept) return;
  bool is_exact = address == task->address;
  task->words += is_exact;
  switch (suspended->holder) {
  // One into a task's stack was left there by whoever ran it: see mark.c.
  case HOLDER_STACK: task->is_on_stack |= is_exact; break;
  case HOLDER_STACK_OF_TASK: task->is_on_stack |= !lab_suspended_is_listed(scan, number, at); break;
  case HOLDER_OBJECT:
    add_entry(suspended, (lab_leaks_entry){this_holder(scan), number,
                                           at - scan->blocks[suspended->holding].address, is_exact});
    break;
  case HOLDER_DATA:
    if (is_exact && suspended->data_entries < MOST_DATA_ENTRIES) {
      suspended->data_entries++;
      add_entry(suspended, (lab_leaks_entry){LAB_LEAKS_NONE, number, at, true});
      break;
    }
    // fall through
  default:
    task->is_in_memory = true;
    if (!is_exact) keep(scan, number, NULL);
  }
  // More words than handles: one of those without a type may be a continuation.
  if (task->is_in_memory && task->words > task->handles) keep(scan, number, NULL);
}

/// Whether words of the block may be references.
static inline bool has_references(const lab_leak_scan *scan, uint32_t block) {
  return !lab_has_bit(scan->opaque, block) && (lab_has_bit(scan->objects, block) || lab_has_bit(scan->leads, block));
}

static inline LAB_POPCOUNT __attribute__((always_inline)) void look_at(lab_leak_scan *scan, uintptr_t at,
                                                                       uintptr_t word) {
  uintptr_t address = lab_address_in(word);
  uint32_t block = lab_candidate(scan, address);
  if (block == LAB_NO_BLOCK) return;
  lab_suspended *suspended = scan->suspended;
  if (scan->of_tasks[block] != 0) {
    uint32_t task = lab_lies_in(scan, block, address) ? lab_suspended_at(scan, block, address) : LAB_LEAKS_NONE;
    if (task != LAB_LEAKS_NONE) note_way(scan, at, address, task);
    return;
  }
  if (!suspended->marks || lab_has_bit(scan->marked, block) || !lab_lies_in(scan, block, address)) return;
  lab_set_bit(scan->marked, block);
  if (has_references(scan, block)) scan->stack[scan->depth++] = block;
}

static LAB_POPCOUNT void look_at_words(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_words(scan, start, limit, look_at);
}

static LAB_POPCOUNT void look_at_bytes(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_visit_bytes(scan, start, limit, look_at);
}

// MARK: - Blocks

/// A task that is not in question, or that the table does not know: then its stack is memory as any other.
static LAB_POPCOUNT void look_at_task(lab_leak_scan *scan, uintptr_t address, uintptr_t limit) {
  bool is_followed = lab_task_at(address) != NULL;
  scan->suspended->holder = is_followed ? HOLDER_STACK_OF_TASK : HOLDER_MEMORY;
  // It may be in a queue, with others behind it.
  if (!is_followed) look_at_bytes(scan, address + LAB_TASK_NEXT_WAITING, address + LAB_TASK_FLAGS);
  lab_suspended_each_waiting(scan, address, keep, NULL);
  uintptr_t piece = lab_task_own_piece(scan, address, limit), locals = address + LAB_TASK_LOCALS;
  uintptr_t end = piece == 0 ? 0 : lab_piece_end_of_use(piece, limit), body = lab_task_body(scan, address);
  // With the pieces of its stack.
  look_at_bytes(scan, address + LAB_TASK_STACK, locals + 8);
  if (body < limit) look_at_bytes(scan, body, end == 0 ? limit : end);
}

static LAB_POPCOUNT void look_at_block(lab_leak_scan *scan, uint32_t block) {
  lab_suspended *suspended = scan->suspended;
  uintptr_t address = scan->blocks[block].address, limit = address + malloc_usable_size((void *)address);
  const lab_block_layout *layout = lab_layout_of(scan, *(const uintptr_t *)address);
  bool is_object = lab_has_bit(scan->objects, block), is_task = layout->kind == LAB_USED_TASK;
  suspended->holding = block;
  suspended->holder = layout->kind == LAB_USED_SLAB ? HOLDER_STACK_OF_TASK : is_object ? HOLDER_OBJECT : HOLDER_MEMORY;
  lab_words_visitor visit = !is_object || lab_has_packed_values(layout) ? look_at_bytes : look_at_words;
  bool has_ended = is_task && *(const uint32_t *)(address + LAB_TASK_STATUS) & LAB_TASK_IS_COMPLETE;
  if (is_task && !has_ended && limit - address >= scan->tasks.size + LAB_TASK_CHILD_BYTES + LAB_TASK_GROUP_CHILD_BYTES)
    look_at_task(scan, address, limit);
  else if (layout->kind == LAB_USED_WHOLE) visit(scan, address, limit);
  else lab_visit_used(scan, layout, address, limit, visit);
}

// MARK: - Roots

static LAB_POPCOUNT void look_at_root(void *context, uintptr_t start, uintptr_t limit, lab_root root) {
  lab_leak_scan *scan = context;
  bool is_copy = (uintptr_t)scan->page >= start && (uintptr_t)scan->page < limit;
  // Of libc's own memory and of what is shared by way of files no variable lies there.
  scan->suspended->holder = root == LAB_ROOT_STACK                  ? HOLDER_STACK
                            : root == LAB_ROOT_ALLOCATOR || is_copy ? HOLDER_MEMORY
                                                                    : HOLDER_DATA;
  if (root == LAB_ROOT_ALLOCATOR) lab_visit_allocator(scan, start, limit, look_at);
  else look_at_bytes(scan, start, limit);
}

/// Looks into tasks that are kept, and what they lead to.
static LAB_POPCOUNT void look_on(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  suspended->marks = true;
  while (suspended->depth > 0 || scan->depth > 0) {
    if (scan->depth > 0) {
      look_at_block(scan, (uint32_t)scan->stack[--scan->depth]);
      continue;
    }
    uint32_t task = suspended->kept[--suspended->depth];
    lab_suspended_each_waiting(scan, suspended->out->tasks[task].address, keep, NULL);
    suspended->holder = HOLDER_STACK_OF_TASK;
    lab_suspended_visit(scan, task, look_at_bytes);
  }
}

/// Looks at what lies in the blocks of tasks in question and is none of theirs.
static void look_around(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  suspended->holder = HOLDER_STACK_OF_TASK;
  for (size_t i = 0; i < suspended->count; i++) {
    if (suspended->blocks[i].owner != LAB_LEAKS_NONE) continue;
    lab_suspended_visit_around(scan, &suspended->blocks[i], look_at_bytes);
    uintptr_t start = scan->blocks[suspended->blocks[i].block].address;
    if (*(const uintptr_t *)start == scan->tasks.mark) lab_suspended_each_waiting(scan, start, keep, NULL);
  }
  for (uint32_t i = 0; i < suspended->out->task_count; i++) {
    if (suspended->out->tasks[i].is_suspended) continue;
    lab_suspended_visit(scan, i, look_at_bytes);
    lab_suspended_each_waiting(scan, suspended->out->tasks[i].address, keep, NULL);
  }
}

/// Blocks in which no task is left that is not kept are marked for good.
static void take_back(lab_leak_scan *scan) {
  const lab_suspended *suspended = scan->suspended;
  const lab_leaks_task *tasks = suspended->out->tasks;
  for (size_t i = 0; i < suspended->count; i++) {
    const lab_block_of_tasks *of = &suspended->blocks[i];
    bool is_kept = of->owner == LAB_LEAKS_NONE || tasks[of->owner].is_kept;
    for (uint32_t k = of->first; is_kept && k != LAB_LEAKS_NONE; k = tasks[k].next) is_kept = tasks[k].is_kept;
    if (!is_kept) scan->marked[of->block / 64] &= ~(1ull << (of->block % 64));
  }
}

void lab_suspended_sweep(lab_leak_scan *scan, uintptr_t own_sp, const uintptr_t *registers, size_t own_capacity) {
  lab_suspended *suspended = scan->suspended;
  if (suspended->out->task_count > 0) {
    look_at_root(scan, (uintptr_t)registers, (uintptr_t)(registers + LAB_CALLEE_SAVED), LAB_ROOT_STACK);
    lab_roots_visit(&scan->map, &scan->world, &scan->dead, &scan->index, own_sp, scan->own, own_capacity, scan->page,
                    look_at_root, scan);
    for (uint32_t i = 0; i < scan->index.count; i++) {
      if (lab_has_bit(scan->marked, i) && scan->of_tasks[i] == 0 && has_references(scan, i)) look_at_block(scan, i);
    }
    look_around(scan);
    look_on(scan);
  }
  take_back(scan);
}
#endif
