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
#include "hooks/hooks.h"
#include "lab_loaded_images.h"
#include "lab_memory.h"
#include "lab_unwind.h"
#include "stacks/stacks.h"
#include "tasks/creation.h"
#include "threads/births.h"
#include "trace/trace.h"
#include "unwind/unwind.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

extern LAB_SWIFT_CALL struct lab_executor swift_task_getMainExecutor(void) __attribute__((weak));

enum { LONGEST_ENTRY = 16384, HEAD = 12, STACK_FRAMES = 512, ARGUMENTS_BYTES = 8192 };

static struct lab_lock lock;
static struct lab_trace_chunk *chunk;
static uint8_t *at, *limit;

// MARK: - Entries

/// Writes one, under the lock; false if there is no room.
static bool put_entry(enum lab_trace_table table, const uint8_t *bytes, size_t count) {
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

static uint8_t *put_bytes(uint8_t *to, const void *bytes, size_t count) {
  memcpy(to, bytes, count);
  return to + count;
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
  return put_entry(LAB_TRACE_STACK, bytes, (size_t)(to - bytes));
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
    for (uint64_t fresh; (fresh = LAB_LOAD(&wanted[word]) & ~written[word]) != 0;) {
      uint32_t bit = (uint32_t)__builtin_ctzll(fresh);
      if (!put_hooks_stack(word * 64 + bit)) return;
      written[word] |= 1ull << bit;
    }
}

// MARK: - Executors

enum { EXECUTORS = 1 << 16, SLOTS = EXECUTORS * 2, TYPE_BYTES = 128 };
/// Number 1 stands for those that found no place.
enum { OTHERS = 1, FIRST = 2 };
struct executor {
  uintptr_t identity, implementation, type;
};
static struct executor *executors;
/// Numbers, by hash; 0: none.
static _Atomic uint32_t *slots;
static _Atomic uint32_t executor_count = FIRST;
static uint32_t executors_written;
static _Atomic uintptr_t main_identity;

/// The type of an actor may be another's that has had its address.
static uintptr_t type_of(struct lab_executor executor) {
  return executor.implementation == 0 ? *(const uintptr_t *)executor.identity : executor.implementation;
}

uint32_t lab_trace_executor(struct lab_executor executor) {
  static __thread struct {
    uintptr_t identity, type;
    uint32_t number, session;
  } last __attribute__((tls_model("initial-exec")));
  uintptr_t type = type_of(executor);
  uint32_t session = lab_trace_session();
  if (LAB_LIKELY(last.identity == executor.identity && last.type == type && last.session == session)) return last.number;
  if (LAB_UNLIKELY(executor.implementation != 0 && LAB_LOAD(&main_identity) == 0 && swift_task_getMainExecutor != NULL))
    LAB_STORE(&main_identity, swift_task_getMainExecutor().identity);
  uint64_t hash = (executor.identity ^ type * 31) * 0x9E3779B97F4A7C15ull;
  uint32_t number = OTHERS;
  for (uint32_t i = 0; i < 64; i++) {
    _Atomic uint32_t *slot = &slots[(hash >> 40 ^ hash >> 20) + i & (SLOTS - 1)];
    uint32_t found = LAB_ACQUIRE(slot), none = 0;
    if (found == 0) {
      uint32_t made = LAB_LOAD(&executor_count);
      if (made >= EXECUTORS) break;
      made = atomic_fetch_add(&executor_count, 1);
      if (made >= EXECUTORS) break;
      executors[made] = (struct executor){executor.identity, executor.implementation, type};
      if (atomic_compare_exchange_strong(slot, &none, made)) {
        number = made;
        break;
      }
      found = none;
    }
    if (executors[found].identity == executor.identity && executors[found].type == type) {
      number = found;
      break;
    }
  }
  last.identity = executor.identity;
  last.type = type;
  last.number = number;
  last.session = session;
  return number;
}

/// The name of a class, by its metadata: that is where its description lies, and in that is a relative reference to its
/// name. Source: Swift, include/swift/ABI/Metadata.h, TargetClassMetadata, TargetTypeContextDescriptor.
static size_t read_type_name(uintptr_t type, char name[TYPE_BYTES]) {
  enum { DESCRIPTION = 40, NAME = 8 };
  uintptr_t description;
  int32_t distance;
  if (!lab_read_memory(type + DESCRIPTION, &description, sizeof description) || description == 0 ||
      !lab_read_memory(description + NAME, &distance, sizeof distance))
    return 0;
  uintptr_t text = description + NAME + (uintptr_t)(intptr_t)distance;
  // Texts end anywhere, and what is behind them may not be there.
  for (size_t count = 0; count < TYPE_BYTES; count++) {
    if (!lab_read_memory(text + count, &name[count], 1)) return 0;
    if (name[count] == 0) return count;
  }
  return TYPE_BYTES;
}

static bool put_executor(uint32_t number) {
  struct executor executor = executors[number];
  uint8_t bytes[TYPE_BYTES + 40], *to = bytes;
  char name[TYPE_BYTES];
  uintptr_t type = executor.type;
  bool is_main = executor.implementation != 0 && executor.identity == LAB_LOAD(&main_identity);
  if (executor.implementation != 0 && !lab_read_memory(executor.identity, &type, sizeof type)) type = 0;
  size_t count = is_main ? 0 : read_type_name(type, name);
  enum lab_trace_executor_kind kind = is_main                       ? LAB_TRACE_EXECUTOR_MAIN
                                      : executor.implementation != 0 ? LAB_TRACE_EXECUTOR_SERIAL
                                                                     : LAB_TRACE_EXECUTOR_ACTOR;
  to = lab_trace_put(lab_trace_put(lab_trace_put(to, number), kind), executor.identity);
  to = put_bytes(to, name, count);
  return put_entry(LAB_TRACE_EXECUTOR, bytes, (size_t)(to - bytes));
}

static void write_executors(void) {
  uint32_t end = LAB_LOAD(&executor_count);
  for (end = end < EXECUTORS ? end : EXECUTORS; executors_written < end; executors_written++)
    if (executors[executors_written].identity == 0 || !put_executor(executors_written)) return;
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
  if (image.build_id_size > 0) to = put_bytes(to, image.build_id, image.build_id_size);
  to = put_bytes(to, path, count);
  lab_lock(&lock);
  put_entry(LAB_TRACE_MODULE, bytes, (size_t)(to - bytes));
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
  if (path > 0) to = put_bytes(to, text, (size_t)path);
  int file = lab_open("/proc/self/cmdline");
  if (file >= 0) {
    count = lab_read(file, text, sizeof text - 1);
    lab_close(file);
  }
  // The first is a name of the program.
  bool is_name = true;
  for (long from = 0; from < count; is_name = false) {
    size_t length = strnlen(text + from, (size_t)(count - from));
    if (!is_name) to = put_bytes(lab_trace_put(to, length), text + from, length);
    from += (long)length + 1;
  }
  program_is_written = put_entry(LAB_TRACE_PROGRAM, bytes, (size_t)(to - bytes));
}

// MARK: - Figures

static uint32_t resident_name, threads_name;

void lab_trace_sample_counters(void) {
  char text[64];
  int file = lab_open("/proc/self/statm");
  if (file < 0) return;
  long count = lab_read(file, text, sizeof text - 1);
  lab_close(file);
  if (count <= 0 || !lab_enter()) return;
  text[count] = 0;
  char *second = strchr(text, ' ');
  uint64_t now, nanoseconds;
  lab_trace_read_clocks(&now, &nanoseconds);
  lab_trace_write(now, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_CLOCK, .other = nanoseconds});
  if (second != NULL)
    lab_trace_write(now, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_COUNTER, .index = resident_name,
                                                      .value = strtol(second, NULL, 10) * (long)LAB_PAGE});
  lab_trace_write(now, (struct lab_trace_fields_of){.kind = LAB_TRACE_KIND_COUNTER, .index = threads_name,
                                                    .value = lab_threads_living()});
  lab_leave();
}

// MARK: - Texts and labels

enum { TEXTS = 1 << 16, TEXT_BYTES = 1024 };
static uint32_t texts;

uint32_t lab_trace_text(const char *text, size_t bytes) {
  uint8_t entry[TEXT_BYTES + 10];
  if (bytes >= TEXT_BYTES) bytes = TEXT_BYTES - 1;
  lab_lock(&lock);
  uint32_t number = lab_trace_is_on() && texts < TEXTS ? ++texts : 0;
  uint8_t *to = put_bytes(lab_trace_put(entry, number), text, bytes);
  if (number != 0 && !put_entry(LAB_TRACE_TEXT, entry, (size_t)(to - entry))) number = 0;
  lab_unlock(&lock);
  return number;
}

/// By address, what is known of texts that stay: the lower half of the recording's number, and the text's.
enum { NAMES = 1 << 12 };
static struct {
  _Atomic uintptr_t text;
  _Atomic uint64_t number;
} names[NAMES];

uint32_t lab_trace_name(const uint8_t *text, size_t bytes) {
  uint32_t session = lab_trace_session(), first = (uint32_t)((uintptr_t)text * 0x9E3779B97F4A7C15ull >> 40);
  for (uint32_t i = 0; i < 16; i++) {
    uintptr_t known = LAB_ACQUIRE(&names[first + i & (NAMES - 1)].text);
    uint64_t number = LAB_ACQUIRE(&names[first + i & (NAMES - 1)].number);
    if (LAB_LIKELY(known == (uintptr_t)text && number >> 32 == session)) return (uint32_t)number;
    if (known != (uintptr_t)text && !(known == 0 && atomic_compare_exchange_strong(&names[first + i & (NAMES - 1)].text,
                                                                                   &known, (uintptr_t)text)))
      continue;
    number = (uint64_t)session << 32 | lab_trace_text((const char *)text, bytes);
    LAB_RELEASE(&names[first + i & (NAMES - 1)].number, number);
    return (uint32_t)number;
  }
  return lab_trace_text((const char *)text, bytes);
}

void lab_trace_label_set(const uint8_t *entry, size_t bytes) {
  lab_lock(&lock);
  if (lab_trace_is_on()) put_entry(LAB_TRACE_LABELS, entry, bytes);
  lab_unlock(&lock);
}

// MARK: - Life

bool lab_trace_tables_begin(void) {
  if (executors == NULL) executors = lab_own_map(EXECUTORS * sizeof *executors);
  if (slots == NULL) slots = lab_own_map(SLOTS * sizeof *slots);
  if (wanted == NULL) wanted = lab_own_map(WORDS * sizeof *wanted);
  if (written == NULL) written = lab_own_map(WORDS * sizeof *written);
  if (executors == NULL || slots == NULL || wanted == NULL || written == NULL) return false;
  lab_lock(&lock);
  for (int i = 0; i < SLOTS; i++) LAB_STORE(&slots[i], 0);
  for (int i = 0; i < WORDS; i++) {
    LAB_STORE(&wanted[i], 0);
    written[i] = 0;
  }
  LAB_STORE(&executor_count, FIRST);
  executors_written = FIRST;
  creations_written = LAB_CREATION_NONE + 1;
  modules_written = NULL;
  program_is_written = false;
  chunk = NULL;
  at = limit = NULL;
  texts = 0;
  lab_unlock(&lock);
  return true;
}

void lab_trace_tables_name_counters(void) {
  static const char resident[] = "RSS", living[] = "threads";
  resident_name = lab_trace_text(resident, sizeof resident - 1);
  threads_name = lab_trace_text(living, sizeof living - 1);
}

void lab_trace_tables_write(bool modules) {
  if (modules) write_modules();
  lab_lock(&lock);
  if (!program_is_written) put_program();
  write_stacks();
  write_hooks_stacks();
  write_executors();
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
