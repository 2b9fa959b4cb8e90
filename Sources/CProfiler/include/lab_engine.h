// How the Swift half reaches the C half: in a program that links the profiler directly, where both are of one piece; and
// through this table where they are two, for the preloaded library is C alone (see Preload) and the Swift half is
// loaded when something is to be written.
#pragma once
#include "lab_cpu.h"
#include "lab_heap.h"
#include "lab_labels.h"
#include "lab_leaks.h"
#include "lab_sessions.h"
#include "lab_unwind.h"
#pragma GCC visibility push(hidden)

/// Whether there is a C half for this platform: Linux on x86_64 with glibc, unless LAB_NO_ENGINE is defined. Without one
/// the functions of `lab_calls.def` do nothing and answer zero, which of a status means that all went well: so ask first.
int lab_engine_is_present(void);

struct lab_engine {
#define LAB_CALL(result, name, parameters, arguments) result (*name) parameters;
#include "lab_calls.def"
#undef LAB_CALL
};

/// The functions of the C half that lies beside it.
extern const struct lab_engine lab_engine;

/// Has the functions of this image's Swift half go to another image's C half. Does nothing where there is one of its own.
void lab_engine_reach(const struct lab_engine *engine);

#pragma GCC visibility pop
