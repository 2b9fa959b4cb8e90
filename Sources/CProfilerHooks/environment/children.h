// Following the programs that the program starts, and what it becomes: they are given the variables that had it
// profiled.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#pragma GCC visibility push(hidden)

/// Notes the variables, before they are taken out of the environment, and that children are to be followed. `library`:
/// what is preloaded. Complains if they are too long. Not async-signal-safe.
void lab_children_follow(const char *library);
bool lab_children_are_followed(void);

/// How the sessions of this process began: the how manieth program it is that it runs, from 1; and whether by a fork.
extern unsigned lab_image;
extern bool lab_is_forked;

// All below is async-signal-safe, and may be called between vfork and exec. Where nothing is followed they give back
// what they were given.

/// What an environment is extended by, at most: pointers, and bytes of text.
size_t lab_children_pointers(char *const environment[]);
size_t lab_children_bytes(char *const environment[]);
/// The environment with the variables in it. `becomes`: for what the process itself becomes.
char *const *lab_children_environment(char *const environment[], bool becomes, char **pointers, char *text);

/// A command for the shell, after which the variables are set; and how long it is at most.
size_t lab_children_command_bytes(const char *command);
const char *lab_children_command(const char *command, char *text);

/// Where a program is found as `execvp` finds it; false if there is none that can be run.
bool lab_find_program(const char *file, char *path, size_t capacity);
/// Says of a program that it cannot be followed, if so.
void lab_children_tell(const char *path);
/// The same of the first program of a command for the shell, if that stands there as it is.
void lab_children_tell_of_command(const char *command);

#pragma GCC visibility pop
