// The thread that writes what has to be written while the program's own threads cannot: they are about to leave, have
// crashed, or go on.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#pragma GCC visibility push(hidden)

/// What it is asked to do, the most urgent first.
enum lab_request {
  LAB_ASK_CRASH,  ///< to write what can be written after a crash, and to end
  LAB_ASK_LEAVE,  ///< to write for good, for the process ends
  LAB_ASK_SIGNAL, ///< to write for good, and to end the process by the signal that came
  LAB_ASK_ROOT,   ///< to keep the root that there is, for the program is about to get another one
  LAB_ASK_LOSS,   ///< to write ahead, for the program is about to give up rights
  LAB_ASK_EXEC,   ///< to write, before the process becomes another program
  LAB_ASK_DAEMON, ///< to write, before it goes on as its own child
  LAB_ASK_LOOK,   ///< to write, and the program goes on
  LAB_REQUESTS
};

/// How long is waited for what is written: the time that the thread needs, not what others keep from it.
#define LAB_PATIENCE 5000000000ull
#define LAB_PATIENCE_AT_CRASH 1000000000ull
#define LAB_FOR_EVER UINT64_MAX

/// Starts it; `duration`: after how many nanoseconds it writes by itself, and for good, 0: never. False if there is no
/// thread to be had. Not async-signal-safe.
bool lab_writer_start(uint64_t duration);

/// Whether it is there: not after a crash. Async-signal-safe.
bool lab_writer_is_there(void);

/// Whether it writes by itself, for the time is over, and answers nothing any more. Async-signal-safe.
bool lab_writer_ends_recording(void);

/// Asks for something, with a word on the occasion that lives for ever, or null. Async-signal-safe.
void lab_writer_ask(enum lab_request request, const char *occasion);
/// Asks, and waits until it is done. False if it was not done in time, or if there is no such thread.
/// Async-signal-safe.
bool lab_writer_do(enum lab_request request, const char *occasion, uint64_t patience);
/// Waits until the kernel knows the thread no more, but not long. Async-signal-safe.
void lab_writer_await_end(void);

/// Since when somebody waits for the thread, and how long it had waited for a processor then; what it had run when it
/// was looked at last. All in nanoseconds.
struct lab_waiting {
  uint64_t began, delay, cpu_time;
};
struct lab_waiting lab_waiting_begin(void);
/// Whether patience is left. Async-signal-safe.
bool lab_waiting_goes_on(struct lab_waiting *waiting, uint64_t patience);

/// In the child of a fork: there is no such thread.
void lab_writer_forget(void);

#pragma GCC visibility pop
