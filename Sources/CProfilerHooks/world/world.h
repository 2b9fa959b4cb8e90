// The program's other threads made to stand still, and what is mapped where: for whoever looks at all of memory.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ucontext.h>
#pragma GCC visibility push(hidden)

// MARK: - Threads (stop.c)

enum lab_stop_state {
  LAB_STOP_ASKED = 0,
  LAB_STOP_STOPPED, ///< stands in our handler
  LAB_STOP_GONE,    ///< ended before it answered
  LAB_STOP_ASLEEP,  ///< in the kernel with the signal blocked: cannot run unless it wakes
  LAB_STOP_RESUMED,
};

typedef struct lab_stopped_thread {
  int32_t tid;
  _Atomic uint32_t state; ///< enum lab_stop_state
  uintptr_t sp;           ///< from here up its stack is in use
  uintptr_t pointer;      ///< of its thread-local storage, 0 if unknown
  uintptr_t registers[LAB_REGISTER_COUNT];
  uintptr_t vectors[LAB_VECTOR_PARTS], vectors_end[LAB_VECTOR_PARTS]; ///< stretches of its signal frame, empty or not
  lab_kernel_call call;   ///< that it was in when it was asked to stop, or that it sleeps in
  uint64_t cpu_time;      ///< that it had used when it was asked
  uint64_t switches;      ///< of one asleep, how often it had left a processor
} lab_stopped_thread;

typedef struct lab_stopped_world {
  lab_stopped_thread *threads;
  _Atomic uint32_t count;
  uint32_t capacity;
  int32_t culprit;
} lab_stopped_world;

enum lab_world_status {
  LAB_WORLD_OK = 0,
  LAB_WORLD_FOREIGN_HANDLER, ///< the program handles SIGPROF itself
  LAB_WORLD_NO_LIST,         ///< /proc/self/task could not be read
  LAB_WORLD_NOT_STOPPED,     ///< a thread went on running; `culprit` is its id
};

bool lab_world_open(lab_stopped_world *world);
void lab_world_close(lab_stopped_world *world);
/// Stops all threads but the calling one and the profiler's own. Whatever the status, lab_world_resume must follow.
enum lab_world_status lab_world_stop(lab_stopped_world *world, uint64_t patience_nanoseconds);
void lab_world_resume(lab_stopped_world *world);
/// How many of the threads that were taken to be asleep have run since. While threads stand still.
uint32_t lab_world_woken(const lab_stopped_world *world);

/// Whether all threads are to stand still.
extern _Atomic uint32_t lab_world_is_stopped;
/// Waits until they may go on. Returns at once in the thread that stopped them and in those of the profiler's own.
void lab_world_hold(void);

/// Before the heap changes: a thread that could not be stopped, for it slept with the signal blocked, may have woken.
static inline __attribute__((always_inline)) void lab_hold_while_stopped(void) {
  if (LAB_UNLIKELY(LAB_LOAD(&lab_world_is_stopped)) && LAB_ACQUIRE(&lab_world_is_stopped)) lab_world_hold();
}

// MARK: - System calls (calls.c)

/// What a thread is in; false if it runs, or if the kernel does not tell.
bool lab_call_read(int tid, lab_kernel_call *out);
/// Whether the program is ending, so that no thread may wake early.
extern _Atomic bool lab_calls_all_go_on;
/// If the signal of this frame has ended the call, has it made again.
void lab_call_go_on(const lab_kernel_call *call, ucontext_t *context);
/// The same of a call that nobody asked for before the signal came, where the code tells which it is.
/// Async-signal-safe.
void lab_call_made_again(ucontext_t *context);

// MARK: - Memory (map.c)

typedef struct lab_mapping {
  uintptr_t start, limit;
  bool readable, writable, shared, file_backed, is_device, is_heap, is_main_stack, is_libc, is_kernel,
      is_shared_memory,  ///< with children at most
      is_memory_file;    ///< of a file that is nowhere but in memory
} lab_mapping;

typedef struct lab_memory_map {
  lab_mapping *mappings;
  size_t count, capacity;
  char *text;
  size_t text_capacity;
} lab_memory_map;

bool lab_map_open(lab_memory_map *map);
void lab_map_close(lab_memory_map *map);
bool lab_map_read(lab_memory_map *map);
const lab_mapping *lab_map_find(const lab_memory_map *map, uintptr_t address);

#pragma GCC visibility pop
