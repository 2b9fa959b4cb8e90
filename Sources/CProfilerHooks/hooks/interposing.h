// How a function of the C library is stood before, and the real one found.
#pragma once
#include <dlfcn.h>
#include <stdatomic.h>
#include <stddef.h>

/// A function that takes libc's place, for the program and all its libraries.
#define LAB_TAKES_PLACE __attribute__((visibility("default")))

/// Declares real_NAME() for each function of a list, and looks all of them up before the program begins: the dynamic
/// linker must not be asked in a signal handler or between vfork and exec.
#define LAB_FIND_REALS(list) list(LAB_REAL) __attribute__((constructor(101))) static void find_reals(void) { list(LAB_FIND) }
#define LAB_REAL(name)                                                                                   \
  static __typeof__(&name) real_##name(void) {                                                           \
    static _Atomic(void *) found;                                                                        \
    void *function = atomic_load_explicit(&found, memory_order_relaxed);                                 \
    if (!function) atomic_store_explicit(&found, function = dlsym(RTLD_NEXT, #name), memory_order_relaxed); \
    return (__typeof__(&name))function;                                                                  \
  }
#define LAB_FIND(name) real_##name();
