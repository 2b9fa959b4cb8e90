// The functions that stand before those of the C library, and what they lead to.
//
// Each is one jump through a table, which leads to the real function or to a hook's body. C, because they take libc's
// place. The jumps are as safe as what they lead to; the real functions are looked up before the program begins, for
// the dynamic linker must not be asked in a signal handler or between vfork and exec.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
// Declared there with arguments that nobody could pass on.
#define syscall lab_syscall_of_unistd
#include <unistd.h>
#undef syscall
#include "hooks/hooks.h"
#include "base/start_order.h"
#include <dlfcn.h>
#include <link.h>

_Atomic unsigned lab_engines;

#if LAB_INTERPOSES
// Declared in headers that warn of them.
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

#define JUMP(attributes, result, name, function, parameters)              \
  __attribute__((naked)) attributes LAB_HIDDEN result function parameters { \
    LAB_JUMP_THROUGH(lab_active, struct lab_functions, name);             \
  }
#define EXPORTED __attribute__((visibility("default")))
#define LAB_HOOK(result, name, parameters, arguments, engines) JUMP(EXPORTED, result, name, name, parameters)
// Where the library is in the program's own file its functions stand, since ours are weak; calls of them reach us only
// if the linker is told so, `--wrap=name`, and what that leads calls to is of the same file.
#define LAB_LIBRARY_HOOK(library, result, name, parameters, arguments, engines)        \
  JUMP(EXPORTED __attribute__((weak)), result, name, name, parameters)                 \
  JUMP(__attribute__((visibility("hidden"))), result, name, __wrap_##name, parameters) \
  extern __attribute__((weak)) result __real_##name parameters;
#include "hooks/hooks.def"
#undef LAB_HOOK

/// Word by word: other threads jump through the tables.
static void set(void *pointer, void *function) { atomic_store((_Atomic(void *) *)pointer, function); }

/// Fills in what was found for a function, instead of what looks for it.
static void found(void *real, void *active, void *first, void *function) {
  if (function == NULL) return;
  if (*(void **)real == first) set(real, function);
  if (*(void **)active == first) set(active, function);
}

/// A function of a library that was loaded since, perhaps for another library's use alone.
static void *find_in(const char *library, const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  void *loaded = function == NULL ? dlopen(library, RTLD_LAZY | RTLD_NOLOAD) : NULL;
  if (loaded != NULL) {
    function = dlsym(loaded, name);
    lab_real.dlclose(loaded);
  }
  if (function == NULL) dlerror();
  return function;
}

#define LAB_ALLOCATOR_HOOK(result, name, parameters, arguments, engines)
#define LAB_HOOK(result, name, parameters, arguments, engines) \
  LAB_HIDDEN result lab_first_##name parameters {              \
    lab_hooks_find();                                          \
    return lab_real.name arguments;                            \
  }
#define LAB_LIBRARY_HOOK(library, result, name, parameters, arguments, engines) \
  LAB_HIDDEN result lab_first_##name parameters {                               \
    void *there = find_in(library, #name);                                      \
    found(&lab_real.name, &lab_active.name, (void *)lab_first_##name,           \
          there != NULL ? there : (void *)LAB_SUBSTITUTE(name));                \
    return lab_real.name arguments;                                             \
  }
#include "hooks/hooks.def"
#undef LAB_HOOK

#define LAB_HOOK(result, name, parameters, arguments, engines) .name = lab_first_##name,
struct lab_functions lab_real __attribute__((aligned(64))) = {
#include "hooks/hooks.def"
};
#undef LAB_HOOK

#define LAB_HOOK(result, name, parameters, arguments, engines) \
  .name = (engines) & LAB_ALWAYS ? lab_body_##name : lab_first_##name,
struct lab_functions lab_active __attribute__((aligned(64))) = {
#include "hooks/hooks.def"
};
#undef LAB_HOOK

#define LAB_HOOK(result, name, parameters, arguments, engines) .name = lab_body_##name,
struct lab_functions lab_bodies = {
#include "hooks/hooks.def"
};
#undef LAB_HOOK

/// One that is not there would leave an error for the program to find.
static void *find_next(const char *name) {
  void *function = dlsym(RTLD_NEXT, name);
  if (function == NULL) dlerror();
  return function;
}

void lab_hooks_find(void) {
#define LAB_ALLOCATOR_HOOK(result, name, parameters, arguments, engines)
#define LAB_HOOK(result, name, parameters, arguments, engines)                             \
  if (lab_real.name == lab_first_##name) set(&lab_real.name, find_next(#name));            \
  if (lab_active.name == lab_first_##name) set(&lab_active.name, (void *)lab_real.name);
  // Of a library that is not there yet, the first call looks again.
#define LAB_LIBRARY_HOOK(library, result, name, parameters, arguments, engines)                        \
  if (lab_real.name == lab_first_##name)                                                               \
    found(&lab_real.name, &lab_active.name, (void *)lab_first_##name,                                  \
          __real_##name != NULL ? (void *)__real_##name : find_next(#name));
#include "hooks/hooks.def"
#undef LAB_HOOK
}

__attribute__((constructor(LAB_STARTS_HOOKS))) static void find_reals(void) { lab_hooks_find(); }

void lab_hooks_switch(unsigned engine, bool on) {
  unsigned running = (on ? LAB_LOAD(&lab_engines) | engine : LAB_LOAD(&lab_engines) & ~engine);
  // Finds the real allocator if nobody has allocated yet.
  lab_active.free(lab_active.malloc(1));
  atomic_store(&lab_engines, running);
#define LAB_HOOK(result, name, parameters, arguments, engines) \
  set(&lab_active.name, (engines) & (running | LAB_ALWAYS) ? (void *)lab_bodies.name : (void *)lab_real.name);
#include "hooks/hooks.def"
#undef LAB_HOOK
  lab_slots_follow();
}

// A program that defines malloc itself stands before a preloaded library. One that is linked to a fixed address and
// takes malloc's gives it an address of its own, but does not define it.
bool lab_hooks_are_first(void) {
  Dl_info ours, theirs;
  const ElfW(Sym) *symbol = NULL;
  void *first = dlsym(RTLD_DEFAULT, "malloc");
  if (first == NULL) return true;
  if (!dladdr((void *)lab_hooks_switch, &ours) || !dladdr1(first, &theirs, (void **)&symbol, RTLD_DL_SYMENT))
    return false;
  return ours.dli_fbase == theirs.dli_fbase || (symbol != NULL && symbol->st_shndx == SHN_UNDEF);
}
#else
struct lab_functions lab_real = {
    .pthread_create = pthread_create, .sigaction = sigaction, .pthread_sigmask = pthread_sigmask};

void lab_hooks_switch(unsigned engine, bool on) {
  (void)engine;
  (void)on;
}
bool lab_hooks_are_first(void) { return false; }
#endif
#endif
