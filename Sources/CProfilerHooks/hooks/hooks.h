// The functions that are hooked: the real ones, and what stands before them. Derived from hooks.def.
#pragma once
#include "base/arch.h"
#include "base/atomics.h"
#include "base/hidden.h"
#include "base/kinds.h"
#include "base/sanitizers.h"
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <threads.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#pragma GCC visibility push(hidden)

/// What `swift_task_create` returns: a task, and the context that it begins with.
typedef struct lab_new_task {
  void *task, *context;
} lab_new_task;
/// How a method of Swift's is called that has the address of its value for self.
#define LAB_SWIFT_CALL __attribute__((swiftcall))
#define LAB_SWIFT_SELF __attribute__((swift_context))

/// A lock of the program's.
typedef pthread_mutex_t lab_mutex; // for the C library's functions; ourselves we lock with base/lock.h

/// A closure as C has it. Source: clang, Block ABI Apple.
struct lab_block {
  void *isa;
  int flags, reserved;
  void (*invoke)(void *block);
  const void *descriptor;
};

/// Whoever looks on where threads wait for anything, and for locks.
#define LAB_BLOCKING (LAB_ENGINE(block) | LAB_ENGINE(trace))
#define LAB_WAITS (LAB_ENGINE(mutex) | LAB_BLOCKING)

/// A pointer for each hooked function.
struct lab_functions {
#define LAB_HOOK(result, name, parameters, arguments, engines) result(*name) parameters;
#include "hooks/hooks.def"
#undef LAB_HOOK
};

/// The real functions: those next to ours in the order of lookup. Found before the program begins, or by the first
/// call. Beside a sanitizer only those that the profiler calls itself are there, and are the sanitizer's.
extern struct lab_functions lab_real;
/// What calls go on to: a hook's body while an engine runs that looks on, else the real function.
extern struct lab_functions lab_active;
/// Whether a function of another library than the C library's is there.
#define LAB_IS_THERE(name) (lab_real.name != lab_first_##name)
/// The hooks' bodies. An engine that has several for one function chooses before it begins.
extern struct lab_functions lab_bodies;

/// The body of a hook. Left out of stacks. It calls the real function through `lab_real`.
#define LAB_BODY(name) LAB_HIDDEN lab_body_##name

/// A function under another name of one that is hooked. It takes libc's place, for the program and all its libraries.
#define LAB_TAKES_PLACE __attribute__((visibility("default"))) LAB_HIDDEN

#if LAB_INTERPOSES
#define LAB_HOOK(result, name, parameters, arguments, engines) result lab_body_##name parameters;
#include "hooks/hooks.def"
#undef LAB_HOOK
#endif

/// Which engines run, a bit each. A body that several look on through tests it.
extern _Atomic unsigned lab_engines;

/// Has an engine's hooks in force, or no longer: in `lab_active`, and in the slots of all modules. Not
/// async-signal-safe; one at a time.
void lab_hooks_switch(unsigned engine, bool on);

/// Whether calls of malloc reach our hook, and not another malloc before it. Takes the dynamic linker's lock.
bool lab_hooks_are_first(void);

// MARK: - For the files of this room

/// Finds the real functions that are not the allocator's (hooks.c).
void lab_hooks_find(void);
/// Looks for the functions that the allocator need not have (allocator.c).
void lab_allocator_find_sized(void);
/// Gives calls through the slots of all modules what `lab_active` now says (slots.c).
void lab_slots_follow(void);

/// What each function is before it is found: it finds it, and goes on there.
#if LAB_INTERPOSES
#define LAB_HOOK(result, name, parameters, arguments, engines) result lab_first_##name parameters;
#include "hooks/hooks.def"
#undef LAB_HOOK
#endif

/// What serves instead of a library's function that is nowhere, as a linker may leave it out that takes the weak one
/// here for it. Only some have that.
#define LAB_SUBSTITUTE(name) lab_substitute_##name
#if LAB_INTERPOSES
#define LAB_HOOK(result, name, parameters, arguments, engines)
#define LAB_LIBRARY_HOOK(library, result, name, parameters, arguments, engines) \
  extern __attribute__((weak)) result LAB_SUBSTITUTE(name) parameters;
#include "hooks/hooks.def"
#undef LAB_HOOK
#endif

#pragma GCC visibility pop
