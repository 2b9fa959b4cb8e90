// Code that never shows in a stack: everything of the profiler that calls the program's code or is called by it.
#pragma once
#include <stdint.h>

/// Places a function where the walkers can tell it by its address and leave it out.
#define LAB_HIDDEN __attribute__((section("lab_hidden_text"), noinline))

/// The same for all functions from here to the end of the file.
#define LAB_HIDE_THIS_FILE _Pragma("clang section text = \"lab_hidden_text\"")

extern const char __start_lab_hidden_text[] __attribute__((weak, visibility("hidden")));
extern const char __stop_lab_hidden_text[] __attribute__((weak, visibility("hidden")));

static inline int lab_is_hidden(uintptr_t pc) {
  return pc - (uintptr_t)__start_lab_hidden_text <=
         (uintptr_t)__stop_lab_hidden_text - (uintptr_t)__start_lab_hidden_text;
}
