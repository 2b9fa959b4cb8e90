// What tasks are at, told of all that live: where a recording begins later than they did, and every now and then where a
// window is kept, for what they did before it is written over. Between two such looks their events tell.
//
// A record is copied until nothing has become of it meanwhile; a task that never holds still has events to tell of it.
//
// C, because it reads the table. It calls the writer, and asks the kernel.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "lab_memory.h"
#include "trace/trace.h"

LAB_HIDE_THIS_FILE

_Static_assert((int)LAB_TRACE_AWAITS_ACTOR == (int)LAB_TASK_AWAITS_EXECUTOR &&
                   (int)LAB_TRACE_AWAITS_GROUP == (int)LAB_TASK_AWAITS_GROUP,
               "reasons have the numbers of the table's");

struct living {
  uint64_t id, parent, since, ticks;
  uintptr_t address;
  uint32_t creation, labels;
  enum lab_task_state state;
  enum lab_task_reason reason;
};

/// What a record says at a moment; false if it is of no task, or of one that does not hold still.
static bool read_record(const struct lab_task *task, struct living *out) {
  enum { TRIES = 4 };
  for (int i = 0; i < TRIES; i++) {
    uint64_t word = LAB_ACQUIRE(&task->word);
    out->state = lab_task_state(word);
    out->reason = lab_task_reason(word);
    if (out->state == LAB_TASK_IS_NONE || lab_task_session_of(word) != LAB_LOAD(&lab_task_session)) return false;
    out->id = task->id;
    out->parent = lab_task_parent(task);
    out->since = LAB_LOAD(&task->since);
    out->address = LAB_LOAD(&task->address);
    out->creation = task->creation;
    out->labels = LAB_LOAD(&task->labels);
    out->ticks = lab_ticks();
    atomic_thread_fence(memory_order_acquire);
    if (LAB_LOAD(&task->word) == word) return out->address != 0;
  }
  return false;
}

static void tell(const struct living *task) {
  bool is_timed = LAB_LOAD(&lab_trace_counts_cycles) && task->ticks > task->since;
  uint64_t age = is_timed ? task->ticks - task->since : 0;
  lab_trace_write(is_timed ? task->ticks : lab_trace_ticks(),
                  (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_LIVES,
                                               .task = task->id,
                                               .other = task->parent,
                                               .executor = task->labels,
                                               .index = task->creation,
                                               .value = (int64_t)(age << 3 | task->state),
                                               .reason = (uint8_t)task->reason});
}

void lab_trace_tell_living(uint64_t most_bytes) {
  enum { USUAL_BYTES = 16 };
  uint64_t room = most_bytes / USUAL_BYTES;
  if (!lab_enter()) return;
  lab_trace_writer_turn(LAB_TRACE_TELLS_LIVING, lab_trace_ticks());
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    const struct lab_task *record = lab_task_record_at(i);
    struct living task;
    if (record == NULL || !read_record(record, &task)) continue;
    if (room == 0) {
      lab_lose(LAB_LOSS_trace_living, 1);
      continue;
    }
    room--;
    tell(&task);
  }
  lab_trace_writer_turn(0, lab_trace_ticks());
  lab_leave();
}

// MARK: - Looks

/// Whether the task may have any thread of the pool.
static bool waits_for_pool(const struct living *task) {
  uint32_t status = 0;
  return task->reason != LAB_TASK_AWAITS_EXECUTOR &&
         lab_read_memory(task->address + LAB_TASK_STATUS, &status, sizeof status) &&
         !(status & LAB_TASK_PREFERS_EXECUTOR);
}

struct lab_trace_ready lab_trace_look_at_tasks(void) {
  static uint64_t last;
  struct lab_trace_ready found = {0};
  uint64_t now = lab_ticks();
  uint64_t wait = LAB_LOAD(&lab_trace_over[LAB_TRACE_ON_WAIT]);
  uint64_t starvation = LAB_LOAD(&lab_trace_over[LAB_TRACE_ON_STARVATION]);
  for (uint32_t i = 0, n = lab_task_record_count(); i < n; i++) {
    const struct lab_task *record = lab_task_record_at(i);
    struct living task;
    if (record == NULL || lab_task_state(LAB_LOAD(&record->word)) == LAB_TASK_IS_NONE || !read_record(record, &task))
      continue;
    found.live++;
    found.ready += task.state == LAB_TASK_IS_RUNNABLE;
    uint64_t age = now > task.since ? now - task.since : 0;
    uint64_t over = task.state == LAB_TASK_IS_WAITING ? wait : task.state == LAB_TASK_IS_RUNNABLE ? starvation : ~0ull;
    // Once: when it gets that long, since the last look.
    if (age <= over || task.since + over <= last) continue;
    if (task.state == LAB_TASK_IS_WAITING) lab_trace_raise(LAB_TRACE_ON_WAIT, age);
    else if (waits_for_pool(&task)) lab_trace_raise(LAB_TRACE_ON_STARVATION, age);
  }
  last = now;
  return found;
}
#endif
