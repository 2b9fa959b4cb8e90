// Suspended tasks, as a scan sees them: which there are, what memory is theirs, who goes on when one does.
#pragma once
#include "lab_task_leaks.h"
#include "leaks/mark.h"
#include "tasks/task.h"
#pragma GCC visibility push(hidden)

/// A block that is of tasks in question.
typedef struct lab_block_of_tasks {
  uint32_t block; ///< its position
  uint32_t owner; ///< the task that it begins with, or whose stack it is a piece of; LAB_LEAKS_NONE: of another
  uint32_t first; ///< of the tasks that lie elsewhere in it; LAB_LEAKS_NONE: none
} lab_block_of_tasks;

/// What a scan keeps of tasks.
typedef struct lab_suspended {
  lab_task_leaks *out;
  const lab_task_leaks_wish *wish;
  lab_block_of_tasks *blocks;
  size_t count, capacity;
  uint32_t *kept; ///< tasks that are kept and yet to be looked into
  size_t depth;
  uint32_t holder;  ///< of the words that are looked at: what it is (sweep.c), and which block
  uint32_t holding;
  size_t data_entries;
  bool marks;       ///< whether blocks that words lead to are to be marked
  bool lacks_memory;
} lab_suspended;

// MARK: - Which there are (suspended.c)

/// Finds the suspended tasks and lays their memory aside: its blocks count as marked, so that marking stops there. Marks
/// what the other tasks lead to. False if there is no memory.
bool lab_suspended_open(lab_leak_scan *scan);
void lab_suspended_close(lab_leak_scan *scan);

/// The task in question that an address of a block belongs to; LAB_LEAKS_NONE if it is none's.
uint32_t lab_suspended_at(const lab_leak_scan *scan, uint32_t block, uintptr_t address);

/// Visits what the functions of a task keep: the part of its stack that is in use.
void lab_suspended_visit(lab_leak_scan *scan, uint32_t task, lab_words_visitor visit);
/// Visits what the functions of a task that is not in question keep in a block of tasks that are.
void lab_suspended_visit_around(lab_leak_scan *scan, const lab_block_of_tasks *of, lab_words_visitor visit);

/// Calls `visit` for each task in question that goes on when the task at `address` does: those that await it, its parent,
/// if that awaits children, and children that can be told that they are cancelled.
void lab_suspended_each_waiting(lab_leak_scan *scan, uintptr_t address,
                                void (*visit)(lab_leak_scan *scan, uint32_t task, void *context), void *context);

/// Calls `visit` for each record in which the task at `address` has a list of children.
void lab_suspended_each_list(lab_leak_scan *scan, uintptr_t address,
                             void (*visit)(lab_leak_scan *scan, uintptr_t record, void *context), void *context);
/// Whether the word at `at` is that of such a list by which the task in question is a child's.
bool lab_suspended_is_listed(lab_leak_scan *scan, uint32_t task, uintptr_t at);

/// Where the record of the task at `address` ends, with what belongs to a child and to a future.
uintptr_t lab_task_body(const lab_leak_scan *scan, uintptr_t address);

/// More room for what is counted; false, and noted, if there is no memory.
bool lab_suspended_grow(lab_suspended *suspended, void **memory, size_t *capacity, size_t count, size_t size);

// MARK: - What leads to them (sweep.c)

/// Looks once more at all roots and marked blocks, for what leads to tasks in question; marks what those are kept for
/// that something without a type leads to. What is of tasks not kept counts as not marked from then on.
void lab_suspended_sweep(lab_leak_scan *scan, uintptr_t own_sp, const uintptr_t *registers, size_t own_capacity);

// MARK: - The result (task_leaks.c)

/// Copies what was found, after lab_result_collect; false if there is no memory.
bool lab_suspended_collect(lab_leak_scan *scan);

#pragma GCC visibility pop
