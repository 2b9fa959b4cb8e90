// Which suspended tasks nothing leads to: the C half of what finds tasks that nobody can resume.
#pragma once
#include "lab_leaks.h"
#pragma GCC visibility push(hidden)

#ifdef __cplusplus
extern "C" {
#endif

/// In place of the position of a block, a task or a holder: none.
#define LAB_LEAKS_NONE 0xffffffffu

/// A task whose memory was left aside while the blocks were marked: it is suspended, or lies in the stack of one.
typedef struct lab_leaks_task {
  uint64_t id;
  uintptr_t address;
  uintptr_t body;  ///< where its record ends and what its functions keep begins
  uintptr_t limit; ///< where the first piece of its stack ends, which lies behind its record
  uint32_t block;  ///< in the graph's blocks: the one it lies in; LAB_LEAKS_NONE if no task in that one is in question
  uint32_t next;   ///< another task that lies in the same block and not at its beginning; LAB_LEAKS_NONE: none
  uint32_t handles; ///< strong references to it beside its own: each is a `Task` somewhere; 0 if that is not known
  uint32_t words;   ///< how many words lead to its beginning, of roots, of blocks that are reached, of stacks of tasks
  uint8_t reason;   ///< enum lab_task_reason
  bool is_nested;    ///< whether it lies in the stack of whoever made it, by `async let`
  bool is_suspended; ///< whether it is suspended, and not lying in the stack of one that is
  bool is_kept;      ///< whether something leads to it that may resume it, from roots on
  bool is_on_stack;  ///< whether a word leads to it on the stack of a thread or a task that is kept
  bool is_in_memory; ///< whether one does that has no type
  bool can_be_told;  ///< whether to cancel it runs a function, of its own or of a child task
} lab_leaks_task;

/// When one task goes on, so does another: by their positions.
typedef struct lab_leaks_link {
  uint32_t from, to;
} lab_leaks_link;

/// A block of the graph that is a task's, itself or a piece of its stack.
typedef struct lab_leaks_piece {
  uint32_t block, task; ///< LAB_LEAKS_NONE: of a task that is not in question
} lab_leaks_piece;

/// A word that leads to a task: of an object that is reached, or of data.
typedef struct lab_leaks_entry {
  uint32_t holder; ///< position of the object in the holders; LAB_LEAKS_NONE: it is data
  uint32_t task;
  uint64_t offset; ///< in the object; of data, the word's address
  bool is_exact;   ///< whether it leads to the task's beginning
} lab_leaks_entry;

/// What a scan for lost tasks found. All of it was copied while the threads stood still.
typedef struct lab_task_leaks {
  lab_leaks_result graph; ///< the blocks that are not reached but by way of tasks in question, and their references
  lab_leaks_task *tasks;
  lab_leaks_link *links;    ///< from tasks that are not kept
  lab_leaks_piece *pieces;
  uintptr_t *lists;         ///< where tasks that are not kept have their children, by which they resume none
  lab_leaks_entry *entries; ///< those of one holder follow each other
  lab_leaks_block *holders; ///< `content` is a position in `content`
  uint8_t *content;
  size_t task_count, link_count, piece_count, list_count, entry_count, holder_count, content_bytes;
  size_t task_capacity, link_capacity, piece_capacity, list_capacity, entry_capacity,
      holder_capacity;      ///< for lab_task_leaks_free
  uint64_t untracked; ///< suspended tasks whose memory is older than the tracking
} lab_task_leaks;

/// What to look for.
typedef struct lab_task_leaks_wish {
  uint64_t patience_nanoseconds;
  const uint64_t *ids; ///< the tasks in question, ascending; others count as roots. Null: all that are suspended
  size_t id_count;
  bool knows_handles; ///< whether strong references to tasks are counted as is believed
} lab_task_leaks_wish;

/// As lab_leaks_scan, where also tasks are followed. A suspended task is looked into only if something leads to it that
/// can resume it; which words of objects can is for their types to say, and is left open. `out` goes to
/// lab_task_leaks_free whatever the status.
lab_leaks_status lab_task_leaks_scan(lab_task_leaks *out, const lab_task_leaks_wish *wish);
void lab_task_leaks_free(lab_task_leaks *leaks);
/// Ends what the environment has begun: tasks are no longer followed for it. Does nothing if it has not.
void lab_task_leaks_end(void);
/// What the environment asks to be shown, LAB_TASKLEAK_VIEW; "" if it does not say.
const char *lab_task_leaks_asked_view(void);

#ifdef __cplusplus
}
#endif

#pragma GCC visibility pop
