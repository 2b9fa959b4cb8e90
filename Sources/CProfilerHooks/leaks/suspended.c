// Finds the suspended tasks of the program and what memory is theirs.
//
// The table of tasks says which are suspended; while the threads stand still it is as the runtime has it, but for tasks
// that a thread is just moving on, whose addresses that thread has in a register or on its stack. A task lies in a block
// of its own, and the first piece of its stack behind it; the other pieces have blocks of theirs. One made by `async let`
// lies in a piece of its maker's stack.
//
// C, because all other threads stand still meanwhile; it reads memory and calls lab_own_map.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "leaks/suspended.h"
#include "runtime/layout.h"
#include <malloc.h>
#include <string.h>

/// More than any list of records or chain of parents has; what goes on is broken.
enum { LONGEST = 4096, MOST_PIECES = 1 << 20 };

bool lab_suspended_grow(lab_suspended *suspended, void **memory, size_t *capacity, size_t count, size_t size) {
  if (count < *capacity) return true;
  size_t wanted = *capacity == 0 ? 1024 : 2 * *capacity;
  void *larger = lab_own_map(wanted * size);
  if (larger == NULL) {
    suspended->lacks_memory = true;
    return false;
  }
  if (*memory != NULL) memcpy(larger, *memory, count * size);
  if (*memory != NULL) lab_own_unmap(*memory, *capacity * size);
  *memory = larger;
  *capacity = wanted;
  return true;
}

static uint32_t half_at(uintptr_t address) { return *(const uint32_t *)address; }

static uintptr_t limit_of(const lab_leak_scan *scan, uint32_t block) {
  uintptr_t address = scan->blocks[block].address;
  return address + malloc_usable_size((void *)address);
}

/// The block that the task at an address lies in, LAB_NO_BLOCK if there is none or it is not tracked.
static LAB_POPCOUNT uint32_t block_of_task(const lab_leak_scan *scan, uintptr_t address) {
  uint32_t block = lab_candidate(scan, address);
  bool lies_in = block != LAB_NO_BLOCK && address % 16 == 0 && lab_lies_in(scan, block, address) &&
                 lab_lies_in(scan, block, address + scan->tasks.size - 1);
  return lies_in && *(const uintptr_t *)address == scan->tasks.mark ? block : LAB_NO_BLOCK;
}

// MARK: - Records

uintptr_t lab_task_body(const lab_leak_scan *scan, uintptr_t address) {
  uint32_t flags = half_at(address + LAB_TASK_FLAGS);
  uintptr_t body = address + scan->tasks.size;
  if (flags & LAB_TASK_IS_CHILD) body += LAB_TASK_CHILD_BYTES;
  if (flags & LAB_TASK_IS_GROUP_CHILD) body += LAB_TASK_GROUP_CHILD_BYTES;
  return flags & LAB_TASK_IS_FUTURE ? body + LAB_FUTURE_RESULT : body;
}

/// The parent of the task at an address, 0 if it has none.
static uintptr_t parent_of(const lab_leak_scan *scan, uintptr_t address) {
  bool is_child = half_at(address + LAB_TASK_FLAGS) & LAB_TASK_IS_CHILD;
  return is_child ? lab_word_at(scan, address + scan->tasks.size + LAB_CHILD_PARENT) : 0;
}

/// Whether to cancel the task runs a function, which may then resume it. One that is cancelled already is not told again.
static bool has_handler(const lab_leak_scan *scan, uintptr_t address) {
  bool is_cancelled = half_at(address + LAB_TASK_STATUS) & LAB_TASK_IS_CANCELLED;
  uintptr_t record = lab_word_at(scan, address + LAB_TASK_RECORDS);
  for (unsigned left = LONGEST; record != 0 && left > 0; left--) {
    uint8_t kind = (uint8_t)lab_word_at(scan, record + LAB_RECORD_KIND);
    if (kind == LAB_RECORD_ON_ESCALATION || (kind == LAB_RECORD_ON_CANCEL && !is_cancelled)) return true;
    record = lab_word_at(scan, record + LAB_RECORD_NEXT);
  }
  return record != 0;
}

// MARK: - Blocks of tasks

static lab_block_of_tasks *of_block(lab_leak_scan *scan, uint32_t block) {
  lab_suspended *suspended = scan->suspended;
  if (scan->of_tasks[block] != 0) return &suspended->blocks[scan->of_tasks[block] - 1];
  if (!lab_suspended_grow(suspended, (void **)&suspended->blocks, &suspended->capacity, suspended->count,
                          sizeof *suspended->blocks))
    return NULL;
  lab_block_of_tasks *of = &suspended->blocks[suspended->count++];
  *of = (lab_block_of_tasks){.block = block, .owner = LAB_LEAKS_NONE, .first = LAB_LEAKS_NONE};
  scan->of_tasks[block] = (uint32_t)suspended->count;
  lab_set_bit(scan->marked, block);
  return of;
}

/// The block that is the next piece of a task's stack; LAB_NO_BLOCK if there is none.
static LAB_POPCOUNT uint32_t next_piece(const lab_leak_scan *scan, uintptr_t piece) {
  uintptr_t next = lab_word_at(scan, piece + LAB_SLAB_NEXT);
  uint32_t block = next == 0 ? LAB_NO_BLOCK : lab_candidate(scan, next);
  bool is_piece = block != LAB_NO_BLOCK && scan->blocks[block].address == next && lab_has_bit(scan->pieces, block);
  return is_piece ? block : LAB_NO_BLOCK;
}

/// The first piece of a task's stack: behind its record, or a block of its own; 0 if there is none. Elsewhere in its record
/// may be the address that another's piece has now: of a task that was behind it in a queue, and is gone.
static LAB_POPCOUNT uintptr_t first_piece(const lab_leak_scan *scan, uintptr_t address, uintptr_t limit) {
  uintptr_t own = lab_task_own_piece(scan, address, limit);
  for (uintptr_t at = address + LAB_TASK_STACK; own == 0 && at < address + LAB_TASK_LOCALS; at += 8) {
    uintptr_t piece = *(const uintptr_t *)at;
    uint32_t block = lab_candidate(scan, piece);
    if (block != LAB_NO_BLOCK && scan->blocks[block].address == piece && lab_has_bit(scan->pieces, block)) own = piece;
  }
  return own;
}

typedef bool (*piece_visitor)(lab_leak_scan *scan, uint32_t block, const void *context);

/// Calls `visit` for each block that is a piece of a stack, from one on that lies anywhere; false once that does so.
static LAB_POPCOUNT bool each_piece_from(lab_leak_scan *scan, uintptr_t piece, piece_visitor visit, const void *context) {
  for (unsigned left = MOST_PIECES; piece != 0 && left > 0; left--) {
    uint32_t block = lab_candidate(scan, piece);
    if (scan->blocks[block].address == piece && !visit(scan, block, context)) return false;
    block = next_piece(scan, piece);
    piece = block == LAB_NO_BLOCK ? 0 : scan->blocks[block].address;
  }
  return true;
}

/// The same of the pieces of a task's stack that have blocks of their own.
static bool each_piece(lab_leak_scan *scan, uintptr_t address, uint32_t in, piece_visitor visit, const void *context) {
  return each_piece_from(scan, first_piece(scan, address, limit_of(scan, in)), visit, context);
}

static bool own_piece(lab_leak_scan *scan, uint32_t block, const void *task) {
  lab_block_of_tasks *of = of_block(scan, block);
  if (of != NULL) of->owner = *(const uint32_t *)task;
  return of != NULL;
}

/// Lays aside the block that a task lies in, and the other pieces of its stack.
static bool lay_aside(lab_leak_scan *scan, uint32_t number) {
  lab_leaks_task *task = &scan->suspended->out->tasks[number];
  uint32_t in = block_of_task(scan, task->address);
  lab_block_of_tasks *of = of_block(scan, in);
  if (of == NULL) return false;
  if (task->is_nested) {
    task->next = of->first;
    of->first = number;
  } else {
    of->owner = number;
  }
  return !task->is_suspended || each_piece(scan, task->address, in, own_piece, &number);
}

LAB_POPCOUNT uint32_t lab_suspended_at(const lab_leak_scan *scan, uint32_t block, uintptr_t address) {
  const lab_suspended *suspended = scan->suspended;
  if (scan->of_tasks[block] == 0) return LAB_LEAKS_NONE;
  const lab_block_of_tasks *of = &suspended->blocks[scan->of_tasks[block] - 1];
  const lab_leaks_task *tasks = suspended->out->tasks;
  uint32_t found = of->owner;
  uintptr_t start = 0;
  // The innermost: one made in a task's stack may have made another in its own.
  for (uint32_t i = of->first; i != LAB_LEAKS_NONE; i = tasks[i].next)
    if (address >= tasks[i].address && address < tasks[i].limit && tasks[i].address > start) {
      found = i;
      start = tasks[i].address;
    }
  return found;
}

/// The task in question that begins at an address.
static LAB_POPCOUNT uint32_t task_at(const lab_leak_scan *scan, uintptr_t address) {
  uint32_t block = address == 0 ? LAB_NO_BLOCK : lab_candidate(scan, address);
  uint32_t task = block == LAB_NO_BLOCK ? LAB_LEAKS_NONE : lab_suspended_at(scan, block, address);
  return task != LAB_LEAKS_NONE && scan->suspended->out->tasks[task].address == address ? task : LAB_LEAKS_NONE;
}

// MARK: - Who waits for whom

void lab_suspended_each_list(lab_leak_scan *scan, uintptr_t address,
                             void (*visit)(lab_leak_scan *scan, uintptr_t record, void *context), void *context) {
  uintptr_t record = lab_word_at(scan, address + LAB_TASK_RECORDS);
  for (unsigned left = LONGEST; record != 0 && left > 0; left--) {
    uint8_t kind = (uint8_t)lab_word_at(scan, record + LAB_RECORD_KIND);
    if (kind == LAB_RECORD_OF_CHILD || kind == LAB_RECORD_OF_GROUP) visit(scan, record, context);
    record = lab_word_at(scan, record + LAB_RECORD_NEXT);
  }
}

struct listing {
  uintptr_t at;
  bool is_found;
};

static void compare(lab_leak_scan *scan, uintptr_t record, void *context) {
  (void)scan;
  struct listing *listing = context;
  listing->is_found |= listing->at == record + LAB_RECORD_CHILDREN || listing->at == record + LAB_RECORD_LAST_CHILD;
}

bool lab_suspended_is_listed(lab_leak_scan *scan, uint32_t task, uintptr_t at) {
  uintptr_t parent = parent_of(scan, scan->suspended->out->tasks[task].address);
  struct listing listing = {.at = at};
  if (parent != 0) lab_suspended_each_list(scan, parent, compare, &listing);
  return listing.is_found;
}

struct visit_of_waiting {
  void (*visit)(lab_leak_scan *scan, uint32_t task, void *context);
  void *context;
};

/// Whoever goes on may cancel its children.
static LAB_POPCOUNT void visit_children(lab_leak_scan *scan, uintptr_t record, void *context) {
  const struct visit_of_waiting *to = context;
  uintptr_t child = lab_address_in(lab_word_at(scan, record + LAB_RECORD_CHILDREN));
  for (unsigned left = MOST_PIECES; child != 0 && left > 0; left--) {
    uint32_t task = task_at(scan, child);
    if (task != LAB_LEAKS_NONE && scan->suspended->out->tasks[task].can_be_told) to->visit(scan, task, to->context);
    child = lab_address_in(lab_word_at(scan, child + scan->tasks.size + LAB_CHILD_NEXT));
  }
}

LAB_POPCOUNT void lab_suspended_each_waiting(lab_leak_scan *scan, uintptr_t address,
                                             void (*visit)(lab_leak_scan *scan, uint32_t task, void *context),
                                             void *context) {
  const lab_leaks_task *tasks = scan->suspended->out->tasks;
  uint32_t parent = task_at(scan, parent_of(scan, address));
  // One that awaits something else is not resumed when a child ends.
  if (parent != LAB_LEAKS_NONE && tasks[parent].reason != LAB_TASK_AWAITS_CONTINUATION &&
      tasks[parent].reason != LAB_TASK_AWAITS_TASK)
    visit(scan, parent, context);
  struct visit_of_waiting to = {visit, context};
  lab_suspended_each_list(scan, address, visit_children, &to);
  if (!(half_at(address + LAB_TASK_FLAGS) & LAB_TASK_IS_FUTURE)) return;
  uintptr_t future = lab_task_body(scan, address) - LAB_FUTURE_RESULT;
  uint32_t waiting = task_at(scan, lab_address_in(*(const uintptr_t *)(future + LAB_FUTURE_WAITING)));
  for (size_t left = scan->suspended->out->task_count; waiting != LAB_LEAKS_NONE && left > 0; left--) {
    visit(scan, waiting, context);
    waiting = task_at(scan, *(const uintptr_t *)(tasks[waiting].address + LAB_TASK_NEXT_WAITING));
  }
}

// MARK: - What they keep

/// Visits a stretch of a block, but for the tasks in it that are not `self`, nor have it in their stack.
static void visit_stretch(lab_leak_scan *scan, const lab_block_of_tasks *of, uint32_t self, uintptr_t start,
                          uintptr_t limit, lab_words_visitor visit) {
  const lab_leaks_task *tasks = scan->suspended->out->tasks;
  while (start < limit) {
    uintptr_t stop = limit, go_on = limit;
    for (uint32_t i = of->first; i != LAB_LEAKS_NONE; i = tasks[i].next)
      if (i != self && tasks[i].address >= start && tasks[i].address < stop) {
        stop = tasks[i].address;
        go_on = tasks[i].limit;
      }
    if (start < stop) visit(scan, start, stop);
    start = go_on;
  }
}

struct piece_visit {
  uint32_t task;
  lab_words_visitor visit;
};

static bool visit_piece(lab_leak_scan *scan, uint32_t block, const void *context) {
  const lab_suspended *suspended = scan->suspended;
  const struct piece_visit *of = context;
  // That of a task that is not suspended is marked as all blocks are.
  if (scan->of_tasks[block] == 0) return true;
  uintptr_t piece = scan->blocks[block].address, limit = limit_of(scan, block);
  uintptr_t end = lab_piece_end_of_use(piece, limit);
  visit_stretch(scan, &suspended->blocks[scan->of_tasks[block] - 1], of->task, piece + LAB_SLAB_HEADER,
                end == 0 ? limit : end, of->visit);
  return true;
}

LAB_POPCOUNT void lab_suspended_visit(lab_leak_scan *scan, uint32_t number, lab_words_visitor visit) {
  const lab_suspended *suspended = scan->suspended;
  const lab_leaks_task *task = &suspended->out->tasks[number];
  uint32_t in = block_of_task(scan, task->address);
  uintptr_t limit = limit_of(scan, in), piece = lab_task_own_piece(scan, task->address, limit);
  uintptr_t end = piece == 0 ? 0 : lab_piece_end_of_use(piece, limit), locals = task->address + LAB_TASK_LOCALS;
  visit(scan, locals, locals + 8);
  visit_stretch(scan, &suspended->blocks[scan->of_tasks[in] - 1], number, task->body, end != 0 ? end : task->limit,
                visit);
  struct piece_visit of = {number, visit};
  each_piece(scan, task->address, in, visit_piece, &of);
}

void lab_suspended_visit_around(lab_leak_scan *scan, const lab_block_of_tasks *of, lab_words_visitor visit) {
  uintptr_t start = scan->blocks[of->block].address, limit = limit_of(scan, of->block), piece = start;
  if (*(const uintptr_t *)start == scan->tasks.mark) {
    piece = lab_task_own_piece(scan, start, limit);
    visit(scan, start + LAB_TASK_LOCALS, start + LAB_TASK_LOCALS + 8);
    start = lab_task_body(scan, start);
  } else {
    start += LAB_SLAB_HEADER;
  }
  uintptr_t end = piece == 0 ? 0 : lab_piece_end_of_use(piece, limit);
  visit_stretch(scan, of, LAB_LEAKS_NONE, start, end == 0 ? limit : end, visit);
}

// MARK: - Finding them

/// How many handles there are of a task that begins at a block. Whoever has one holds a reference, and so does the task
/// itself until it has ended; a continuation is none. A child's are its parent's concern. 0 if that is not known.
static LAB_POPCOUNT uint32_t handles_of(const lab_leak_scan *scan, uint32_t block) {
  uintptr_t address = scan->blocks[block].address;
  bool is_child = half_at(address + LAB_TASK_FLAGS) & (LAB_TASK_IS_CHILD | LAB_TASK_IS_GROUP_CHILD);
  uint64_t counts = lab_counts_of(scan, block);
  if (!scan->suspended->wish->knows_handles || is_child || counts & (LAB_COUNTS_ARE_ELSEWHERE | LAB_IS_DEINITING))
    return 0;
  return lab_more_strong_in(counts);
}

/// Whether it is to be found out of a task if it is lost.
static bool is_asked_for(const lab_task_leaks_wish *wish, uint64_t id) {
  if (wish->ids == NULL) return true;
  size_t low = 0, high = wish->id_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (wish->ids[middle] < id) low = middle + 1;
    else high = middle;
  }
  return low < wish->id_count && wish->ids[low] == id;
}

/// Notes the task of a record if it is in question. Others count as roots: the runtime or an executor has them.
static LAB_POPCOUNT bool note(lab_leak_scan *scan, const struct lab_task *record) {
  lab_suspended *suspended = scan->suspended;
  lab_task_leaks *out = suspended->out;
  uint64_t word = LAB_LOAD(&record->word);
  uintptr_t address = LAB_LOAD(&record->address);
  bool lives = lab_task_state(word) != LAB_TASK_IS_NONE && lab_task_session_of(word) == LAB_LOAD(&lab_task_session);
  if (address == 0 || !lives) return true;
  bool waits = lab_task_state(word) == LAB_TASK_IS_WAITING;
  uint32_t block = block_of_task(scan, address);
  if (block == LAB_NO_BLOCK || lab_task_id_at(address) != record->id) {
    out->untracked += waits;
    return true;
  }
  bool is_nested = scan->blocks[block].address != address;
  waits = waits && is_asked_for(suspended->wish, record->id);
  if (!waits && !is_nested) return true;
  if (!lab_suspended_grow(suspended, (void **)&out->tasks, &out->task_capacity, out->task_count, sizeof *out->tasks))
    return false;
  uintptr_t body = lab_task_body(scan, address), limit = limit_of(scan, block);
  uintptr_t piece = lab_task_own_piece(scan, address, limit);
  if (is_nested) limit = piece == 0 ? body : piece + LAB_SLAB_HEADER + half_at(piece + LAB_SLAB_CAPACITY);
  out->tasks[out->task_count++] = (lab_leaks_task){
      .id = record->id, .address = address, .body = body, .limit = limit, .block = LAB_LEAKS_NONE,
      .next = LAB_LEAKS_NONE, .handles = is_nested ? 0 : handles_of(scan, block), .reason = (uint8_t)lab_task_reason(word), .is_nested = is_nested,
      .is_suspended = waits, .is_kept = !waits};
  return true;
}

/// Notes for each task whether to cancel it runs a function: what is told to a task its children are told as well.
static void note_handlers(lab_leak_scan *scan) {
  lab_task_leaks *out = scan->suspended->out;
  for (size_t i = 0; i < out->task_count; i++) {
    if (!out->tasks[i].is_suspended || !has_handler(scan, out->tasks[i].address)) continue;
    uint32_t task = (uint32_t)i;
    for (unsigned left = LONGEST; task != LAB_LEAKS_NONE && left > 0; left--) {
      if (out->tasks[task].can_be_told) break;
      // One that is cancelled passes nothing on any more.
      if (task != i && half_at(out->tasks[task].address + LAB_TASK_STATUS) & LAB_TASK_IS_CANCELLED) break;
      out->tasks[task].can_be_told = true;
      task = task_at(scan, parent_of(scan, out->tasks[task].address));
    }
  }
}

static void mark_words(lab_leak_scan *scan, uintptr_t start, uintptr_t limit) {
  lab_mark_root(scan, start, limit, LAB_ROOT_DATA);
}

/// What comes behind a task in the queue that it is in.
static void mark_queued(lab_leak_scan *scan, uintptr_t address) {
  mark_words(scan, address + LAB_TASK_NEXT_WAITING, address + LAB_TASK_FLAGS);
}

static bool mark_block(lab_leak_scan *scan, uint32_t block, const void *context) {
  (void)context;
  uintptr_t address = scan->blocks[block].address;
  mark_words(scan, (uintptr_t)&address, (uintptr_t)(&address + 1));
  return true;
}

/// Marks what the tasks lead to that are not in question, wherever they are.
static LAB_POPCOUNT void mark_others(lab_leak_scan *scan) {
  const lab_suspended *suspended = scan->suspended;
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    const struct lab_task *record = lab_task_record_at(i);
    uintptr_t address = record == NULL ? 0 : LAB_LOAD(&record->address);
    uint32_t block = address == 0 ? LAB_NO_BLOCK : block_of_task(scan, address);
    if (block != LAB_NO_BLOCK && scan->of_tasks[block] == 0) mark_block(scan, block, NULL);
  }
  for (uint32_t i = 0; i < suspended->out->task_count; i++) {
    const lab_leaks_task *task = &suspended->out->tasks[i];
    if (task->is_suspended) continue;
    lab_suspended_visit(scan, i, mark_words);
    mark_queued(scan, task->address);
    each_piece(scan, task->address, block_of_task(scan, task->address), mark_block, NULL);
  }
  for (size_t i = 0; i < suspended->count; i++) {
    const lab_block_of_tasks *of = &suspended->blocks[i];
    if (of->owner != LAB_LEAKS_NONE) continue;
    lab_suspended_visit_around(scan, of, mark_words);
    uintptr_t start = scan->blocks[of->block].address;
    if (*(const uintptr_t *)start == scan->tasks.mark) {
      mark_queued(scan, start);
      each_piece(scan, start, of->block, mark_block, NULL);
    } else {
      each_piece_from(scan, start, mark_block, NULL);
    }
  }
}

bool lab_suspended_open(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    const struct lab_task *record = lab_task_record_at(i);
    if (record != NULL && !note(scan, record)) return false;
  }
  lab_task_leaks *out = suspended->out;
  if ((suspended->kept = lab_own_map((out->task_count + 1) * sizeof *suspended->kept)) == NULL) return false;
  for (uint32_t i = 0; i < out->task_count; i++)
    if (!lay_aside(scan, i)) return false;
  note_handlers(scan);
  mark_others(scan);
  return true;
}

void lab_suspended_close(lab_leak_scan *scan) {
  lab_suspended *suspended = scan->suspended;
  if (suspended == NULL) return;
  if (suspended->kept != NULL)
    lab_own_unmap(suspended->kept, (suspended->out->task_count + 1) * sizeof *suspended->kept);
  if (suspended->blocks != NULL) lab_own_unmap(suspended->blocks, suspended->capacity * sizeof *suspended->blocks);
}
#endif
