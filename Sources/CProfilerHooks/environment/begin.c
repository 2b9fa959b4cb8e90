// C because it must run before main, without a word in the program: a constructor. Not async-signal-safe.
//
// LAB_CPUPROFILE=path profiles the CPU time of the whole run, and likewise the other kinds of kinds.def. `%p` in the
// path becomes the process id, `%n` the number of the snapshot. LAB_CPUPROFILE_RATE and so on give the rate, in samples
// a second of CPU time or in bytes between two samples of the heap. A kind that is made in Swift alone,
// LAB_<NAME>PROFILE, is begun by nothing here. What holds for all of them is in options.c.
//
// The profile is written when the program ends, whole or not at all: on the thread that returns from main or calls
// `exit`, else by a thread of ours. Whatever is wrong is said in one line on stderr, and the program runs on.
//
// LAB_RECORD=library is set by whoever preloads the profiler into a program that does not have it. Then the program
// finds the environment it would have had without, its children are not profiled unless that is asked for, and what was
// written is announced.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "environment/children.h"
#include "environment/control.h"
#include "environment/http.h"
#include "environment/kinds.h"
#include "environment/leaving.h"
#include "environment/options.h"
#include "environment/sessions.h"
#include "environment/signals.h"
#include "environment/stderr.h"
#include "environment/writer.h"
#include "threads/thread.h"
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct lab_options options;

// MARK: - The end

static void at_exit(void) {
  // A child of fork that calls exit comes here too; the recording is its parent's.
  if (!lab_sessions_are_of_this_process()) return;
  if (lab_signal_is_ending()) lab_signal_await_end();
  if (!lab_self.is_own && lab_is_confined() && lab_writer_is_there()) lab_leave_within(LAB_FOR_EVER);
  else lab_sessions_write(LAB_WRITES_END, NULL);
}

// MARK: - Begin

static void begin(const struct lab_kind *kind, void *announces) {
  const char *pattern = getenv(kind->variable);
  if (pattern && *pattern) lab_session_begin(kind, pattern, options.image, announces != NULL);
}

/// Makes ready for every end but that by `exit`.
static void stand_by(void) {
  if (lab_writer_start(options.duration)) lab_signals_begin(options.snapshot_signal);
  else lab_say("lab: there is no thread to be had: only if the program ends by exit is a profile written", NULL);
}

// MARK: - Fork

/// What the parent records is not the child's.
static void after_fork_in_child(void) {
  lab_writer_forget();
  lab_signals_end();
  lab_sessions_forget();
  lab_control_forget();
  if (!lab_children_are_followed()) return;
  lab_sessions_begin_again();
  lab_control_begin();
  if (!lab_sessions_are_open()) return;
  lab_is_forked = true;
  stand_by();
}

// MARK: - Preloaded

/// Marks every file that has the profiler in it. Without what AddressSanitizer would put around it: a segment of notes
/// is read from end to end.
static const struct note {
  uint32_t name_size, content_size, type;
  char name[4];
  uint32_t version;
} note __attribute__((section(".note.lab"), used, aligned(4), no_sanitize("address"))) = {4, 4, 1, "lab", 1};

static int has_note(struct dl_phdr_info *info, size_t size, void *found) {
  (void)size;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const ElfW(Phdr) *p = &info->dlpi_phdr[i];
    const char *start = (const char *)(info->dlpi_addr + p->p_vaddr);
    if (p->p_type != PT_NOTE || p->p_memsz < sizeof note) continue;
    if (start <= (const char *)&note && (const char *)&note < start + p->p_memsz) return 1;
    for (size_t at = 0; at + sizeof note <= p->p_memsz; at += 4)
      if (memcmp(start + at, &note, sizeof note) == 0) *(bool *)found = true;
  }
  // The first is the program itself.
  return 1;
}

/// Whether the program has a profiler of its own beside this preloaded one; then that one does what is asked.
static bool program_has_its_own(void) {
  bool found = false;
  dl_iterate_phdr(has_note, &found);
  return found;
}

/// Takes it out of the environment, not by way of `unsetenv`: shells have one of their own, which knows only of their
/// variables.
static void hide_variable(const char *name) {
  size_t bytes = strlen(name);
  char **kept = environ;
  for (char **entry = environ; entry && *entry; entry++)
    if (strncmp(*entry, name, bytes) != 0 || (*entry)[bytes] != '=') *kept++ = *entry;
  if (kept) *kept = NULL;
}

static void hide_kind(const struct lab_kind *kind, void *unused) {
  (void)unused;
  hide_variable(kind->variable);
  if (*kind->rate_variable) hide_variable(kind->rate_variable);
}

static void hide_option(const char *name, void *unused) {
  (void)unused;
  hide_variable(name);
}

/// Gives the program back the environment it would have had.
static void hide(const char *library) {
  char *list = getenv("LD_PRELOAD");
  size_t length = strlen(library);
  if (list && strncmp(list, library, length) == 0) {
    if (list[length] == ':') memmove(list, list + length + 1, strlen(list + length + 1) + 1);
    else hide_variable("LD_PRELOAD");
  }
  hide_variable("LAB_IMAGE");
  lab_each_option(hide_option, NULL);
  lab_each_http_variable(hide_option, NULL);
  lab_each_kind(hide_kind, NULL);
}

__attribute__((constructor)) static void begin_all(void) {
  if (!lab_environment_is_trusted() || program_has_its_own()) return;
  char *library = getenv("LAB_RECORD");
  lab_stderr_note();
  options = lab_options_read();
  lab_image = options.image;
  if (library && options.follows_children) lab_children_follow(library);
  lab_control_read(library);
  lab_each_kind(begin, library);
  lab_http_arm();
  lab_control_begin();
  if (library) hide(library);
  if (&lab_serves_from_start == NULL) lab_http_start();
  if (!lab_sessions_are_open()) return;
  if (library) lab_sessions_keep_writer(library);
  stand_by();
  // After all others, so that what they do in the child is done.
  pthread_atfork(NULL, NULL, after_fork_in_child);
  atexit(at_exit);
  at_quick_exit(lab_before_leaving);
}
#endif
