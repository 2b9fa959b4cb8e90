// What events refer to by number: stacks, executors, texts, labels; and the modules that addresses lie in.
//
// Whoever meets something new numbers it, without waiting for anybody; what it is the keeper's thread writes, a tenth of
// a second later at most. Texts and label sets come from the program itself, and are written at once.
//
// C, because hooks number executors. What writes may call anything.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/lock.h"
#include "lab_loaded_images.h"
#include "lab_memory.h"
#include "lab_unwind.h"
#include "stacks/stacks.h"
#include "tasks/creation.h"
#include "trace/trace.h"
#include "unwind/unwind.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

enum { LONGEST_ENTRY = 16384, HEAD = 12, STACK_FRAMES = 512, ARGUMENTS_BYTES = 8192 };

static struct lab_lock lock;
static struct lab_trace_chunk *chunk;
static uint8_t *at, *limit;

// MARK: - Entries

/// Writes one, under the lock; false if there is no room.
bool lab_trace_put_entry(enum lab_trace_table table, const uint8_t *bytes, size_t count) {
  if (count > LONGEST_ENTRY) return true;
  if (at == NULL || (size_t)(limit - at) < count + HEAD) {
    if (chunk != NULL) lab_trace_chunk_seal(chunk, false);
    at = NULL;
    chunk = lab_trace_chunk_new(LAB_TRACE_OF_TABLES, LAB_TRACE_SLAB_BYTES);
    if (chunk == NULL) return false;
    chunk->ticks = lab_trace_ticks();
    lab_trace_read_clocks(&chunk->clock, &chunk->monotonic);
    chunk->task = chunk->thread = chunk->tid = 0;
    chunk->lost = 0;
    at = lab_trace_payload(chunk);
    limit = (uint8_t *)chunk + chunk->length;
  }
  *at++ = (uint8_t)table;
  at = lab_trace_put(at, count);
  memcpy(at, bytes, count);
  at += count;
  chunk->events++;
  LAB_RELEASE(&chunk->used, (uint32_t)(at - lab_trace_payload(chunk)));
  return true;
}

// MARK: - Stacks

static uint32_t creations_written;

static bool put_frames(uint32_t number, const uintptr_t *frames, size_t count) {
  uint8_t bytes[STACK_FRAMES * 10 + 20], *to = bytes;
  if (count > STACK_FRAMES) count = STACK_FRAMES;
  to = lab_trace_put(lab_trace_put(to, number), count);
  uintptr_t last = 0;
  for (size_t i = 0; i < count; i++) {
    to = lab_trace_put(to, lab_trace_zigzag((int64_t)(frames[i] - last)));
    last = frames[i];
  }
  return lab_trace_put_entry(LAB_TRACE_STACK, bytes, (size_t)(to - bytes));
}

static bool put_stack(uint32_t creation) {
  uintptr_t frames[STACK_FRAMES];
  return put_frames(creation, frames, lab_tasks_creation_frames(creation, frames, STACK_FRAMES));
}

static void write_stacks(void) {
  for (uint32_t end = lab_creation_count(); creations_written < end; creations_written++)
    if (!put_stack(creations_written)) return;
}

// Stacks of the hooks' table come behind the creations. Those that events have are marked, and written once.
enum { FIRST_STACK = 1 << 17, WORDS = LAB_STACKS_MOST / 64 };
// A bit is set behind the stack that it is for, by a read-modify-write, and acquired.
static _Atomic uint64_t *wanted;
static uint64_t *written;

uint32_t lab_trace_stack(uint32_t stack) {
  uint64_t bit = 1ull << (stack & 63);
  _Atomic uint64_t *word = &wanted[stack / 64 & (WORDS - 1)];
  if (!(LAB_LOAD(word) & bit)) atomic_fetch_or(word, bit);
  return FIRST_STACK + stack;
}

static bool put_hooks_stack(uint32_t stack) {
  uintptr_t frames[STACK_FRAMES];
  return put_frames(FIRST_STACK + stack, frames, lab_stack_read(stack, frames, STACK_FRAMES, NULL));
}

static void write_hooks_stacks(void) {
  uint32_t words = (lab_stacks_count(&lab_stacks) + 63) / 64;
  for (uint32_t word = 0; word < words && word < WORDS; word++)
    for (uint64_t fresh; (fresh = LAB_ACQUIRE(&wanted[word]) & ~written[word]) != 0;) {
      uint32_t bit = (uint32_t)__builtin_ctzll(fresh);
      if (!put_hooks_stack(word * 64 + bit)) return;
      written[word] |= 1ull << bit;
    }
}

// MARK: - Modules and the program

static const void *modules_written;

static void put_module(lab_loaded_image image, void *unused) {
  (void)unused;
  uint8_t bytes[LONGEST_ENTRY], *to = bytes;
  char own[4096];
  const char *path = image.name;
  size_t count = strlen(path);
  if (count == 0) {
    ssize_t read = readlink("/proc/thread-self/exe", own, sizeof own);
    path = own;
    count = read > 0 ? (size_t)read : 0;
  }
  if (count > 4096 || image.build_id_size > 64) return;
  to = lab_trace_put(to, image.base);
  to = lab_trace_put(to, image.code_start);
  to = lab_trace_put(to, image.code_end);
  to = lab_trace_put(to, image.code_offset);
  to = lab_trace_put(to, image.build_id_size);
  if (image.build_id_size > 0) to = lab_trace_put_bytes(to, image.build_id, image.build_id_size);
  to = lab_trace_put_bytes(to, path, count);
  lab_lock(&lock);
  lab_trace_put_entry(LAB_TRACE_MODULE, bytes, (size_t)(to - bytes));
  lab_unlock(&lock);
}

/// All of them again, when one has come or gone: the last word of a place holds. Without the lock: who waits for it may
/// have the loader's.
static void write_modules(void) {
  lab_unwind_prepare_unless_busy();
  const void *now = LAB_ACQUIRE(&lab_current_modules);
  if (now == modules_written) return;
  if (lab_modules_each_image(put_module, NULL)) modules_written = now;
}

static bool program_is_written;

static void put_program(void) {
  char text[ARGUMENTS_BYTES];
  uint8_t bytes[LONGEST_ENTRY], *to = bytes;
  long count = 0;
  ssize_t path = readlink("/proc/thread-self/exe", text, sizeof text);
  to = lab_trace_put(to, path > 0 ? (uint64_t)path : 0);
  if (path > 0) to = lab_trace_put_bytes(to, text, (size_t)path);
  int file = lab_open("/proc/self/cmdline");
  if (file >= 0) {
    count = lab_read(file, text, sizeof text - 1);
    lab_close(file);
  }
  // The first is a name of the program.
  bool is_name = true;
  for (long from = 0; from < count; is_name = false) {
    size_t length = strnlen(text + from, (size_t)(count - from));
    if (!is_name) to = lab_trace_put_bytes(lab_trace_put(to, length), text + from, length);
    from += (long)length + 1;
  }
  program_is_written = lab_trace_put_entry(LAB_TRACE_PROGRAM, bytes, (size_t)(to - bytes));
}

// MARK: - Texts and labels

enum { TEXTS = 1 << 16, TEXT_BYTES = 1024 };
static uint32_t texts;

uint32_t lab_trace_text(const char *text, size_t bytes) {
  uint8_t entry[TEXT_BYTES + 10];
  if (bytes >= TEXT_BYTES) bytes = TEXT_BYTES - 1;
  lab_lock(&lock);
  uint32_t number = lab_trace_is_on() && texts < TEXTS ? ++texts : 0;
  uint8_t *to = lab_trace_put_bytes(lab_trace_put(entry, number), text, bytes);
  if (number != 0 && !lab_trace_put_entry(LAB_TRACE_TEXT, entry, (size_t)(to - entry))) number = 0;
  lab_unlock(&lock);
  return number;
}

/// By place, what is known of texts that stay, or that stand for something that does: the lower half of the recording's
/// number, and the text's. The place never changes once it is set; the number is 0, another recording's or released behind
/// the text.
enum { NAMES = 1 << 12 };
static struct {
  _Atomic uintptr_t text;
  _Atomic uint64_t number;
} names[NAMES];

enum { NAME_TRIES = 16 };

static uint32_t first_name(uintptr_t place) { return (uint32_t)(place * 0x9E3779B97F4A7C15ull >> 40); }

uint32_t lab_trace_name_at(uintptr_t place) {
  uint32_t session = lab_trace_session(), first = first_name(place);
  for (uint32_t i = 0; i < NAME_TRIES; i++) {
    uintptr_t known = LAB_ACQUIRE(&names[(first + i) & (NAMES - 1)].text);
    uint64_t number = LAB_ACQUIRE(&names[(first + i) & (NAMES - 1)].number);
    if (LAB_LIKELY(known == place)) return number >> 32 == session ? (uint32_t)number : 0;
    if (known == 0) break;
  }
  return 0;
}

uint32_t lab_trace_name_for(uintptr_t place, const char *text, size_t bytes) {
  uint32_t session = lab_trace_session(), first = first_name(place), number = lab_trace_text(text, bytes);
  for (uint32_t i = 0; i < NAME_TRIES; i++) {
    uintptr_t known = 0;
    _Atomic uintptr_t *name = &names[(first + i) & (NAMES - 1)].text;
    if (!atomic_compare_exchange_strong(name, &known, place) && known != place) continue;
    LAB_RELEASE(&names[(first + i) & (NAMES - 1)].number, (uint64_t)session << 32 | number);
    break;
  }
  return number;
}

uint32_t lab_trace_name(const uint8_t *text, size_t bytes) {
  uint32_t known = lab_trace_name_at((uintptr_t)text);
  return LAB_LIKELY(known != 0) ? known : lab_trace_name_for((uintptr_t)text, (const char *)text, bytes);
}

void lab_trace_label_set(const uint8_t *entry, size_t bytes) {
  lab_lock(&lock);
  if (lab_trace_is_on()) lab_trace_put_entry(LAB_TRACE_LABELS, entry, bytes);
  lab_unlock(&lock);
}

// MARK: - Life

bool lab_trace_tables_begin(void) {
  if (wanted == NULL) wanted = lab_own_map(WORDS * sizeof *wanted);
  if (written == NULL) written = lab_own_map(WORDS * sizeof *written);
  if (!lab_trace_executors_begin() || wanted == NULL || written == NULL) return false;
  lab_lock(&lock);
  for (int i = 0; i < WORDS; i++) {
    LAB_STORE(&wanted[i], 0);
    written[i] = 0;
  }
  creations_written = LAB_CREATION_NONE + 1;
  modules_written = NULL;
  program_is_written = false;
  chunk = NULL;
  at = limit = NULL;
  texts = 0;
  lab_unlock(&lock);
  return true;
}

void lab_trace_tables_write(bool modules) {
  if (modules) write_modules();
  lab_lock(&lock);
  if (!program_is_written) put_program();
  write_stacks();
  write_hooks_stacks();
  lab_trace_executors_write();
  lab_unlock(&lock);
}

void lab_trace_tables_end(void) {
  lab_trace_tables_write(true);
  lab_lock(&lock);
  if (chunk != NULL) lab_trace_chunk_seal(chunk, false);
  chunk = NULL;
  at = limit = NULL;
  lab_unlock(&lock);
}

void lab_trace_tables_forget(void) {
  lab_lock_reset(&lock);
  chunk = NULL;
  at = limit = NULL;
}
#endif
