// How the Swift half reaches the C half: in a program that links the profiler directly, where both are of one piece;
// and through this table where they are two, for the preloaded library is C alone (PreloadedProfiler) and the Swift half is
// loaded when something is to be written.
#pragma once
#include "lab_cpu.h"
#include "lab_creation.h"
#include "lab_habits.h"
#include "lab_heap.h"
#include "lab_labels.h"
#include "lab_leaks.h"
#include "lab_losses.h"
#include "lab_memory.h"
#include "lab_output.h"
#include "lab_progress.h"
#include "lab_runtime.h"
#include "lab_sessions.h"
#include "lab_stacks.h"
#include "lab_task_leaks.h"
#include "lab_tasks.h"
#include "lab_threads.h"
#include "lab_trace.h"
#include "lab_unwind.h"
#include "lab_waits.h"
#pragma GCC visibility push(hidden)

struct lab_engine {
#define LAB_CALL(result, name, parameters, arguments, absent) result (*name) parameters;
#include "lab_calls.def"
#undef LAB_CALL
};

/// The functions of the C half that lies beside it, where there is one.
extern const struct lab_engine lab_engine;

/// Has the functions of this image's Swift half go to another image's C half. Does nothing where there is one of its
/// own.
void lab_engine_reach(const struct lab_engine *engine);

/// Whether there is a C half to reach: in this image, or in the one that was named. Where there is none, for the
/// platform is not known or LAB_NO_ENGINE was defined, the calls return nothing, zero or an error.
int lab_engine_is_present(void);

#pragma GCC visibility pop
