// Whether the program's own threads have all ended: then ours must not keep the process.
#pragma once
#include "lab_threads.h"
#include <stdbool.h>
#pragma GCC visibility push(hidden)

/// Notes that the program's last thread is about to end.
void lab_program_last_ends(void);
/// Whether a thread has said that it is the program's last and ends: in a moment it is gone.
bool lab_program_last_has_ended(void);
/// What the main thread ended with, where it ended by a bare system call, of which `exit` knows nothing; -1 else.
int lab_program_status(void);

#pragma GCC visibility pop
