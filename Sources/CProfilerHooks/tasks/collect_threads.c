// Copies what the program's threads are at: what they sleep on, twice, and then where they are.
//
// What they sleep on is read by the kernel's files; where they are they tell themselves, asked by a signal, for which
// they wake for a moment: so that comes last. C, because it may run where the program's locks are held. It allocates by
// mmap only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "lab_memory.h"
#include "tasks/collect.h"
#include "tasks/look.h"
#include "tasks/sleeps.h"
#include "threads/kernel_threads.h"
#include "threads/own_threads.h"
#include "threads/thread.h"
#include <string.h>

bool lab_collection_grow(void **memory, size_t *capacity, size_t count, size_t more, size_t size) {
  if (count + more <= *capacity) return true;
  size_t wanted = 2 * (count + more);
  void *larger = lab_own_map(wanted * size);
  if (larger == NULL) return false;
  if (*memory != NULL) memcpy(larger, *memory, count * size);
  lab_own_unmap(*memory, *capacity * size);
  *memory = larger;
  *capacity = wanted;
  return true;
}

uint32_t lab_collection_add_frames(lab_task_collection *out, const uintptr_t *frames, size_t count, size_t *first) {
  *first = out->frame_count;
  if (!lab_collection_grow((void **)&out->frames, &out->frame_capacity, out->frame_count, count, sizeof *frames))
    return 0;
  memcpy(out->frames + out->frame_count, frames, count * sizeof *frames);
  out->frame_count += count;
  return (uint32_t)count;
}

// MARK: - Which there are

/// Notes a thread that is not noted yet. In order of their ids, which is nearly that in which the kernel tells them.
static void note_thread(int tid, void *context) {
  lab_task_collection *out = context;
  size_t place = out->thread_count;
  while (place > 0 && out->threads[place - 1].tid > tid) place--;
  if (lab_thread_is_own(tid) || (place > 0 && out->threads[place - 1].tid == tid)) return;
  if (!lab_collection_grow((void **)&out->threads, &out->thread_capacity, out->thread_count, 1, sizeof *out->threads))
    return;
  memmove(&out->threads[place + 1], &out->threads[place], (out->thread_count - place) * sizeof *out->threads);
  out->threads[place] = (lab_thread_copy){.tid = tid};
  out->thread_count++;
}

/// The threads on which tasks run, each once.
static void note_busy_threads(lab_task_collection *out) {
  for (size_t i = 0; i < out->count; i++) {
    const lab_task_copy *task = &out->tasks[i];
    if (task->state == LAB_TASK_IS_RUNNING && task->tid != 0) note_thread(task->tid, out);
  }
}

// MARK: - What they sleep on

static lab_thread_copy *find_thread(lab_task_collection *out, int tid) {
  size_t low = 0, high = out->thread_count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (out->threads[middle].tid < tid) low = middle + 1;
    else high = middle;
  }
  return low < out->thread_count && out->threads[low].tid == tid ? &out->threads[low] : NULL;
}

/// What threads keep: where the runtime has what each works for, and what the profiler did to it.
static void take_parts(lab_task_collection *out, intptr_t tracking) {
  for (uint32_t i = 0, n = lab_thread_count(); i < n; i++) {
    const struct lab_thread *thread = lab_thread_at(i);
    if (thread == NULL || LAB_LOAD(&thread->state) != LAB_THREAD_LIVE) continue;
    lab_thread_copy *copy = find_thread(out, LAB_LOAD(&thread->tid));
    if (copy == NULL) continue;
    if (tracking != 0) copy->tracking = LAB_LOAD(&thread->pointer) + (uintptr_t)tracking;
    copy->rests = LAB_LOAD(&thread->rests);
    copy->woken = LAB_LOAD(&thread->woken);
  }
}

void lab_collect_sleeps_before(lab_task_collection *out, intptr_t tracking) {
  lab_each_kernel_thread(note_thread, out);
  take_parts(out, tracking);
  for (size_t i = 0; i < out->thread_count; i++)
    lab_sleep_read(out->threads[i].tid, out->threads[i].tracking, &out->threads[i].sleeps[0]);
  out->main_queue_owners[0] = lab_main_queue_owner();
}

void lab_collect_sleeps_after(lab_task_collection *out) {
  for (size_t i = 0; i < out->thread_count; i++) {
    lab_thread_copy *thread = &out->threads[i];
    // Of one that did not sleep nothing is to be compared.
    if (thread->sleeps[0].address == 0 && thread->sleeps[0].executor == 0) continue;
    lab_sleep_read(thread->tid, thread->tracking, &thread->sleeps[1]);
    thread->slept = !thread->rests && lab_sleep_lasted(&thread->sleeps[0], &thread->sleeps[1]);
  }
  out->main_queue_owners[1] = lab_main_queue_owner();
  lab_sleeps_time(out->threads, out->thread_count);
}

// MARK: - Where they are

struct looking {
  lab_task_collection *out;
  double nanoseconds_per_tick;
};

static void take_look(const struct lab_look *look, size_t place, void *context) {
  const struct looking *looking = context;
  lab_task_collection *out = looking->out;
  lab_thread_copy *thread = &out->threads[place];
  thread->task = look->task;
  thread->labels = look->labels;
  thread->call = look->call;
  thread->activity = (uint8_t)look->activity;
  thread->answered = look->depth > 0;
  uint32_t *word = &thread->refused_word;
  bool is_read = look->refused != 0 && lab_read_memory(look->refused, word, sizeof *word);
  thread->refused = is_read ? look->refused : 0;
  thread->frames = lab_collection_add_frames(out, look->pcs, (size_t)look->depth, &thread->first_frame);
  uint64_t pause = (uint64_t)((double)look->ticks * looking->nanoseconds_per_tick);
  if (pause > out->longest_pause_nanoseconds) out->longest_pause_nanoseconds = pause;
}

static void give_stacks_to_running(lab_task_collection *out) {
  for (size_t i = 0; i < out->count; i++) {
    lab_task_copy *task = &out->tasks[i];
    if (task->state != LAB_TASK_IS_RUNNING) continue;
    task->moved = true;
    for (size_t k = 0; k < out->thread_count; k++) {
      const lab_thread_copy *thread = &out->threads[k];
      if (thread->tid != task->tid || thread->task != task->id) continue;
      task->first_frame = thread->first_frame;
      task->frames = thread->frames;
      task->labels = thread->labels;
      task->leaf_is_exact = true;
      task->moved = false;
    }
  }
}

bool lab_collect_threads(lab_task_collection *out, double nanoseconds_per_tick) {
  // Those that have begun meanwhile, too; without /proc at least these.
  if (lab_each_kernel_thread(note_thread, out) != 0) note_busy_threads(out);
  if (out->thread_count == 0) return true;
  int *tids = lab_own_map(out->thread_count * sizeof *tids);
  if (tids == NULL) return false;
  for (size_t i = 0; i < out->thread_count; i++) tids[i] = out->threads[i].tid;
  lab_look_at_threads(tids, out->thread_count, take_look, &(struct looking){out, nanoseconds_per_tick});
  lab_own_unmap(tids, out->thread_count * sizeof *tids);
  give_stacks_to_running(out);
  return true;
}
#endif
