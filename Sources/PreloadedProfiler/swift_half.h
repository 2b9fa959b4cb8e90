// What is needed to load a Swift half into a program that was not built for it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// The path of a file beside this library; false if there is none.
bool lab_path_beside(const char *file, char *path, size_t capacity);
/// Loads the other libraries of Swift that a Swift half needs from where the program's own are.
void lab_load_programs_swift(void);
/// Has the calling thread's variables made of all libraries. Made when they are first used, they would end the process if
/// there were no memory for them. False if there is none now.
bool lab_make_thread_variables(void);

#pragma GCC visibility pop
