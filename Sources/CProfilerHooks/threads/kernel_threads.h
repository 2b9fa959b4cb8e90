// The kernel's word on threads: which there are, whether one still is, whether it can be sent our signal, whether it
// ran.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#pragma GCC visibility push(hidden)

/// Calls `visit` for each thread of the process, those of the profiler too. 0, or an errno as a negative number:
/// without /proc, or without a descriptor.
int lab_each_kernel_thread(void (*visit)(int tid, void *context), void *context);

typedef struct lab_thread_status {
  bool is_dead;       ///< it has ended, though its id is not free yet
  bool is_asleep;     ///< it waits, and a signal would wake it
  bool blocks_signal; ///< SIGPROF, in the kernel's mask
  uint64_t switches;  ///< how often it has left a processor
  uint64_t voluntary; ///< of these, of its own accord: to wait
} lab_thread_status;

/// False if there is no such thread, or no /proc.
bool lab_thread_status_read(int tid, lab_thread_status *out);
/// The CPU time it has used, in nanoseconds; 0 if there is no such thread.
uint64_t lab_thread_cpu_time(int tid);
/// Whether it runs, or waits for nothing but a processor.
bool lab_thread_is_runnable(int tid);
/// How long it has waited for a processor, in nanoseconds, up to when it last got one; 0 if the kernel does not tell.
uint64_t lab_thread_run_delay(int tid);
/// When it last ran, in nanoseconds by the clock of the processor on which it did; 0 if the kernel does not tell.
uint64_t lab_thread_last_ran(int tid);
/// On which processor it ran last; -1 if that cannot be told.
int lab_thread_processor(int tid);
/// When it began, in ticks since the machine was started; 0 if that cannot be told.
uint64_t lab_thread_birth_ticks(int tid);
/// What the main thread ended with where it is listed though it has ended, as waitpid's status tells it; -1 if it has
/// not.
int lab_main_thread_status(void);
/// Reads a file of /proc/self/task/N as text; returns its bytes, negative if it cannot be opened.
long lab_task_file_read(int tid, const char *name, char *text, size_t capacity);

#pragma GCC visibility pop
