// Follows what the program starts by the environment that it starts it with: the program's own has nothing of us in it.
//
// C because it is called between vfork and exec. Asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/children.h"
#include "base/hidden.h"
#include "base/system_call.h"
#include "environment/kinds.h"
#include "environment/options.h"
#include "environment/stderr.h"
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

unsigned lab_image = 1;
bool lab_is_forked;

enum { VARIABLES = 48, TEXT_BYTES = 16384, NUMBER_BYTES = 32 };
static const char preload[] = "LD_PRELOAD=";
/// `NAME=value`, by which a program is profiled as this one is; the same as commands for a shell.
static const char *variables[VARIABLES];
static char texts[TEXT_BYTES], exports[2 * TEXT_BYTES], library[PATH_MAX];
static size_t variable_count, text_bytes, export_bytes;
static bool follows, is_too_long;

bool lab_children_are_followed(void) { return follows; }

// MARK: - Noting

static void export(const char *text) {
  size_t bytes = strlen(text);
  if (export_bytes + bytes >= sizeof exports) {
    is_too_long = true;
    return;
  }
  memcpy(exports + export_bytes, text, bytes + 1);
  export_bytes += bytes;
}

/// In single quotes, which nothing but themselves means anything in.
static void export_quoted(const char *text) {
  export("'");
  for (; *text; text++) {
    char one[2] = {*text, 0};
    export(*text == '\'' ? "'\\''" : one);
  }
  export("'");
}

static void note(const char *name, const char *folder, const char *value) {
  int room = (int)(sizeof texts - text_bytes);
  int bytes = snprintf(texts + text_bytes, (size_t)room, "%s=%s%s", name, folder, value);
  if (bytes >= room || variable_count == VARIABLES) {
    is_too_long = true;
    return;
  }
  variables[variable_count++] = texts + text_bytes;
  export(name);
  export("=");
  export_quoted(texts + text_bytes + strlen(name) + 1);
  export(" ");
  text_bytes += (size_t)bytes + 1;
}

static void note_variable(const char *name, void *unused) {
  (void)unused;
  const char *value = getenv(name);
  if (value && *value) note(name, "", value);
}

/// The file of a kind, from wherever the child writes it; and its rate.
static void note_kind(const struct lab_kind *kind, void *unused) {
  const char *file = getenv(kind->variable);
  if (!file || !*file) return;
  char folder[PATH_MAX] = "";
  if (*file != '/' && getcwd(folder, sizeof folder - 1)) strcat(folder, "/");
  note(kind->variable, folder, file);
  if (*kind->rate_variable) note_variable(kind->rate_variable, unused);
}

void lab_children_follow(const char *preloaded) {
  snprintf(library, sizeof library, "%s", preloaded);
  export("export LD_PRELOAD=");
  export_quoted(library);
  export("\"${LD_PRELOAD:+:$LD_PRELOAD}\" ");
  lab_each_kind(note_kind, NULL);
  lab_each_option(note_variable, NULL);
  export("; ");
  follows = !is_too_long;
  if (is_too_long) lab_say("lab: the names of files are too long for children to be followed", NULL);
}

// MARK: - Environments

static size_t count(char *const environment[]) {
  size_t entries = 0;
  while (environment && environment[entries]) entries++;
  return entries;
}

static const char *preloaded_in(char *const environment[]) {
  for (; environment && *environment; environment++)
    if (strncmp(*environment, preload, sizeof preload - 1) == 0) return *environment + sizeof preload - 1;
  return "";
}

size_t lab_children_pointers(char *const environment[]) {
  return follows ? count(environment) + variable_count + 3 : 1;
}

size_t lab_children_bytes(char *const environment[]) {
  return follows ? sizeof preload + strlen(library) + strlen(preloaded_in(environment)) + NUMBER_BYTES : 1;
}

/// Whether it is set by us: then what the program says of it does not count.
static bool is_ours(const char *entry) {
  if (strncmp(entry, preload, sizeof preload - 1) == 0 || strncmp(entry, "LAB_IMAGE=", 10) == 0) return true;
  const char *end = strchr(entry, '=');
  for (size_t i = 0; end && i < variable_count; i++)
    if (strncmp(entry, variables[i], (size_t)(end - entry) + 1) == 0) return true;
  return false;
}

static char *append(char *at, const char *text) {
  size_t bytes = strlen(text);
  memcpy(at, text, bytes + 1);
  return at + bytes;
}

static char *append_number(char *at, unsigned number) {
  char digits[12];
  size_t used = sizeof digits;
  digits[--used] = 0;
  do digits[--used] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  return append(at, digits + used);
}

char *const *lab_children_environment(char *const environment[], bool becomes, char **pointers, char *text) {
  if (!follows) return environment;
  size_t used = 0;
  for (char *const *entry = environment; entry && *entry; entry++)
    if (!is_ours(*entry)) pointers[used++] = *entry;
  for (size_t i = 0; i < variable_count; i++) pointers[used++] = (char *)variables[i];
  const char *others = preloaded_in(environment);
  char *image = append(append(text, preload), library);
  if (*others) image = append(append(image, ":"), others);
  pointers[used++] = text;
  image++;
  // The child of a fork has recorded nothing that it keeps.
  append_number(append(image, "LAB_IMAGE="), becomes && !lab_is_forked ? lab_image + 1 : 1);
  pointers[used++] = image;
  pointers[used] = NULL;
  return pointers;
}

size_t lab_children_command_bytes(const char *command) {
  return follows && command ? export_bytes + strlen(command) + 1 : 1;
}

const char *lab_children_command(const char *command, char *text) {
  if (!follows || !command) return command;
  append(append(text, exports), command);
  return text;
}

// MARK: - Programs

static bool can_be_run(const char *path) {
  struct stat status;
  return lab_system_call(SYS_faccessat, AT_FDCWD, path, X_OK) == 0 &&
         lab_system_call(SYS_newfstatat, AT_FDCWD, path, &status, 0) == 0 && S_ISREG(status.st_mode);
}

bool lab_find_program(const char *file, char *path, size_t capacity) {
  if (strchr(file, '/')) {
    if (strlen(file) >= capacity) return false;
    append(path, file);
    return can_be_run(path);
  }
  const char *folders = getenv("PATH");
  for (const char *folder = folders ? folders : "/bin:/usr/bin"; folder;) {
    const char *end = strchr(folder, ':');
    size_t bytes = end ? (size_t)(end - folder) : strlen(folder);
    if (bytes + strlen(file) + 2 < capacity) {
      memcpy(path, folder, bytes);
      append(append(path + bytes, bytes > 0 ? "/" : "./"), file);
      if (can_be_run(path)) return true;
    }
    folder = end ? end + 1 : NULL;
  }
  return false;
}

/// Whether the program of this file asks for a dynamic linker. What is no program of this platform is not looked at.
static bool is_static(int file) {
  Elf64_Ehdr header;
  Elf64_Phdr segment;
  if (lab_read(file, &header, sizeof header) != sizeof header || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return false;
  for (unsigned i = 0; i < header.e_phnum; i++) {
    uint64_t at = header.e_phoff + (uint64_t)i * header.e_phentsize;
    if (lab_system_call(SYS_pread64, file, &segment, sizeof segment, at) != sizeof segment) return false;
    if (segment.p_type == PT_INTERP) return false;
  }
  return true;
}

/// Whether whoever runs this file gets rights by it, so that the dynamic linker heeds no environment: those of another
/// user or group, or capabilities, which root has anyway. Source: capabilities(7).
static bool is_privileged(int file, const struct stat *status) {
  if (status->st_mode & S_ISUID && status->st_uid != getuid()) return true;
  if (status->st_mode & S_ISGID && status->st_gid != getgid()) return true;
  return getuid() != 0 && lab_system_call(SYS_fgetxattr, file, "security.capability", NULL, 0) > 0;
}

/// Why nothing can be preloaded into the program of this file; null: it can.
static const char *obstacle(int file) {
  struct stat status;
  if (lab_system_call(SYS_fstat, file, &status) != 0) return NULL;
  if (is_privileged(file, &status)) return " runs with privileges of its own";
  return is_static(file) ? " is linked statically" : NULL;
}

/// Opens the program that a script is run by: what follows `#!`, up to the first space; negative if it is no script.
static int open_interpreter(int script, char path[PATH_MAX]) {
  // As far as the kernel reads. Source: execve(2).
  char line[256];
  long bytes = lab_system_call(SYS_pread64, script, line, sizeof line - 1, 0);
  if (bytes < 3 || line[0] != '#' || line[1] != '!') return -1;
  line[bytes] = 0;
  const char *start = line + 2 + strspn(line + 2, " \t");
  size_t length = strcspn(start, " \t\n");
  memcpy(path, start, length);
  path[length] = 0;
  return lab_open(path);
}

void lab_children_tell(const char *path) {
  char interpreter[PATH_MAX];
  if (!follows) return;
  int file = lab_open(path);
  if (file < 0) return;
  int other = open_interpreter(file, interpreter);
  if (other >= 0) {
    lab_close(file);
    file = other;
    path = interpreter;
  }
  const char *reason = obstacle(file), *slash = strrchr(path, '/');
  lab_close(file);
  if (reason)
    lab_say("lab: ", slash ? slash + 1 : path, reason, ", so nothing can be preloaded; it runs without a profile",
            NULL);
}

void lab_children_tell_of_command(const char *command) {
  char file[PATH_MAX], path[PATH_MAX];
  if (!follows || !command) return;
  command += strspn(command, " \t\n");
  // What the shell would read otherwise than it stands is left to it.
  size_t length = strcspn(command, " \t\n;&|<>()$`\\\"'*?[]#~=%!{}");
  if (length == 0 || length >= sizeof file || !(command[length] == 0 || strchr(" \t\n;&|<>", command[length]))) return;
  memcpy(file, command, length);
  file[length] = 0;
  if (lab_find_program(file, path, sizeof path)) lab_children_tell(path);
}
#endif
