// Who has an actor's turn, or that of another executor that has turns, and what others wait for it.
#pragma once
#include "lab_losses.h"
#include "tasks/task.h"
#include "waits/waits.h"
#pragma GCC visibility push(hidden)

/// What to call an executor, as what is waited for. To be asked when a task runs there.
lab_wait_on lab_actor_kind(struct lab_executor executor);

// What follows is for the thread on which a task runs, in lab_enter.

/// The task has an executor from now on: it was given a thread there, or has entered it.
void lab_actor_taken(const struct lab_transition *transition);
/// The task has left it, has been suspended or has ended; nothing if it had none.
void lab_actor_given_back(const struct lab_transition *transition);

/// The stack of a task that is about to run, or has just been suspended; `on_top`: a return address that goes on from
/// it, or 0. A number of the hooks' table.
uint32_t lab_task_stack(const struct lab_task *task, uint32_t labels, uintptr_t on_top, enum lab_loss truncated);

/// Whether the calling thread's task has an actor that somebody waits for.
bool lab_actor_is_awaited_here(void);

#pragma GCC visibility pop
