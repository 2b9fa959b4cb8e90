// Captures that the control socket was asked for: a thread each, and few at once.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// The longest request, its end included.
enum { LAB_CONTROL_REQUEST = 1024 };

/// There is none, and there may be.
void lab_control_jobs_begin(void);
/// There will be none: those under way hand over what they have. Waits for them, but not long.
void lab_control_jobs_end(void);
bool lab_control_is_ending(void);
/// Waits until the kernel knows this thread no more, or all of theirs, but not long.
void lab_control_await_thread(int tid);
void lab_control_jobs_await_end(void);

/// Opens the file of what writes in this thread's table, if that is a library of its own beside the preloaded one.
void lab_control_open_writer(const char *preloaded);

/// Has a thread answer a request on a connection, which becomes its own. Returns why not, or null. To be called on a
/// thread whose descriptors are not the program's.
const char *lab_control_job(int connection, const char *request);

/// Sends an answer whole or not at all, with a descriptor, if it is not negative.
void lab_control_reply(int connection, const char *text, size_t length, int file);

#pragma GCC visibility pop
