// The file of a recording, mapped and shared with the kernel: what has been written there is in the file, however the
// program ends.
//
// It is mapped once, as long as it may get, and grows ahead of need by a thread of ours; a chunk is only begun where
// the kernel has promised room, for to write where there is none would end the program. It is cut into slabs, of which
// a thread gets one at a time, or a part of one. If only a window is kept, slabs that nobody writes to any more are
// taken anew, the oldest first; those of tables stay.
//
// C, because hooks begin chunks. What opens and grows it asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "lab_memory.h"
#include "trace/trace.h"
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

LAB_HIDE_THIS_FILE

enum { SLAB = LAB_TRACE_SLAB_BYTES, STEP = 8 << 20, MOST_AHEAD = 64 << 20, SPARES = 256, LEAST_SPARE = 1024,
       LEAST_BYTES = 1 << 20 };
static const uint64_t usual_limit = 1ull << 30;

static uint8_t *map;
static uint64_t map_bytes;
static int file = -1;
static bool is_taken;
/// Slabs that the kernel has promised, that the file may have, that have been given out, and that events may have
/// before they are taken anew.
static _Atomic uint32_t promised, given;
static uint32_t most, window;
static _Atomic bool is_full;
static _Atomic uint64_t sequence;
/// How many write to each slab, or may.
static _Atomic uint32_t *users;
static _Atomic uint32_t cursor;
static _Atomic uint64_t turns;
/// Ends of slabs for whoever needs little: offset in the file.
static _Atomic uint64_t spares[SPARES];
static _Atomic uint32_t spare_count;

bool lab_trace_is_full(void) { return LAB_LOAD(&is_full); }

static uint8_t *slab_at(uint32_t number) { return map + LAB_TRACE_HEADER_BYTES + (uint64_t)number * SLAB; }
static uint32_t slab_of(const void *at) { return (uint32_t)(((const uint8_t *)at - map - LAB_TRACE_HEADER_BYTES) / SLAB); }

const uint8_t *lab_trace_bytes(uint64_t *count) {
  uint32_t slabs = LAB_LOAD(&given), room = LAB_LOAD(&promised);
  *count = LAB_TRACE_HEADER_BYTES + (uint64_t)(slabs < room ? slabs : room) * SLAB;
  return map;
}

// MARK: - Room

/// Has the kernel promise room up to a slab; 0, or the errno of what failed.
static int promise(uint32_t slabs) {
  uint64_t from = LAB_TRACE_HEADER_BYTES + (uint64_t)LAB_LOAD(&promised) * SLAB;
  uint64_t to = LAB_TRACE_HEADER_BYTES + (uint64_t)slabs * SLAB;
  if (LAB_LOAD(&promised) == 0) from = 0;
  long error = lab_system_call(SYS_fallocate, file, 0, from, to - from);
  if (error == -EOPNOTSUPP) {
    // File systems that cannot promise have to be given what is to be there.
    static const char zeros[4096];
    for (error = 0; error == 0 && from < to; from += sizeof zeros) {
      long written = lab_system_call(SYS_pwrite64, file, zeros, sizeof zeros, from);
      if (written != sizeof zeros) error = written < 0 ? written : -ENOSPC;
    }
  }
  if (error == 0) LAB_RELEASE(&promised, slabs);
  return (int)-error;
}

void lab_trace_file_grow(void) {
  LAB_STORE(&((struct lab_trace_header *)map)->lost, lab_trace_lost());
  uint32_t has = LAB_LOAD(&promised), used = LAB_LOAD(&given);
  // It has reached its limit: nobody needs to ask for more.
  if (window == 0 && has >= most && used >= has) return LAB_STORE(&is_full, true);
  // As much as was used, so that who writes much is given much.
  uint64_t ahead = (uint64_t)used * SLAB;
  if (ahead < STEP) ahead = STEP;
  if (ahead > MOST_AHEAD) ahead = MOST_AHEAD;
  if (window != 0 && used >= window) ahead = STEP / 8;
  uint64_t wanted = used + ahead / SLAB;
  if (wanted > most) wanted = most;
  if (has * 4ull >= used * 4ull + ahead / SLAB * 3 || wanted <= has) return;
  int error = 0;
  // Rather a little than nothing.
  for (uint64_t more = wanted - has; more > 0; more /= 2)
    if ((error = promise(has + (uint32_t)more)) == 0) break;
  if (error != 0) return LAB_STORE(&is_full, true);
  // What is touched here is no page fault of the program's. Older kernels do not know it.
  uint32_t now = LAB_LOAD(&promised), from = LAB_LOAD(&given);
  uint32_t touched = from + 16 < now ? from + 16 : now;
  if (touched > from) {
    uintptr_t start = (uintptr_t)slab_at(from) & ~(lab_page_bytes() - 1);
    lab_system_call(SYS_madvise, start, (uintptr_t)slab_at(touched) - start, 23 /* MADV_POPULATE_WRITE */);
  }
}

// MARK: - Opening

static uint32_t shift_of(bool cycles) {
  if (!cycles) return 4;
  // A unit of 8 to 16 ns, by how fast ticks pass; a thousandth of a second tells.
  uint64_t ticks = lab_ticks(), began = lab_now(), now;
  do now = lab_now();
  while (now - began < 200000);
  double rate = (double)(lab_ticks() - ticks) / (double)(now - began);
  uint32_t shift = 0;
  while (shift < 16 && (double)(1u << (shift + 1)) <= 16 * rate) shift++;
  return shift;
}

static void write_header(uint64_t window_nanoseconds) {
  bool cycles = lab_ticks_are_steady();
  LAB_STORE(&lab_trace_counts_cycles, cycles);
  uint32_t shift = shift_of(cycles);
  struct lab_trace_header *header = (struct lab_trace_header *)map;
  cpu_set_t allowed;
  *header = (struct lab_trace_header){.version = LAB_TRACE_VERSION, .header_bytes = LAB_TRACE_HEADER_BYTES,
                                      .slab_bytes = SLAB, .shift = shift, .process = (uint32_t)getpid(),
                                      .flags = cycles ? LAB_TRACE_IS_OF_CYCLES : 0, .window = window_nanoseconds};
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) header->processors = (uint32_t)CPU_COUNT(&allowed);
  lab_trace_read_clocks(&header->ticks, &header->monotonic);
  header->realtime = lab_nanoseconds(CLOCK_REALTIME);
  memcpy(header->magic, LAB_TRACE_MAGIC, sizeof header->magic);
  lab_trace_writers_begin(shift);
}

/// A file without a name, where temporary ones lie; in memory, where there is no such place.
static int open_nameless(void) {
  const char *folder = getenv("TMPDIR");
  int made = open(folder != NULL && *folder != 0 ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  return made >= 0 ? made : (int)lab_system_call(SYS_memfd_create, "lab-trace", MFD_CLOEXEC);
}

/// The name of a file that is to take another's place, beside it.
static bool name_beside(const char *path, char *name, size_t capacity) {
  const char *slash = strrchr(path, '/');
  int folder = slash != NULL ? (int)(slash + 1 - path) : 0;
  return snprintf(name, capacity, "%.*s.%08x.tmp", folder, path, (unsigned)(lab_now() ^ (uint64_t)getpid() << 20)) <
         (int)capacity;
}

static int fail(int error, const char *hidden) {
  if (map != NULL) munmap(map, map_bytes);
  map = NULL;
  if (file >= 0) close(file);
  file = -1;
  if (hidden != NULL) unlink(hidden);
  return error;
}

/// 0, or the errno of what failed.
static int open_file(const lab_trace_request *request) {
  char hidden[PATH_MAX];
  struct stat status;
  // Devices and pipes are written at the end.
  bool is_named = request->path != NULL && (stat(request->path, &status) != 0 || S_ISREG(status.st_mode));
  if (is_named && !name_beside(request->path, hidden, sizeof hidden)) return ENAMETOOLONG;
  file = is_named ? open(hidden, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666) : open_nameless();
  if (file < 0) return errno;
  if (is_named && stat(request->path, &status) == 0) fchmod(file, status.st_mode & 07777);
  uint64_t limit = request->limit == 0 ? usual_limit : request->limit;
  // To grow beyond it would send the program a signal.
  struct rlimit size;
  if (getrlimit(RLIMIT_FSIZE, &size) == 0 && size.rlim_cur < limit) limit = size.rlim_cur;
  if (limit < LEAST_BYTES) return fail(EFBIG, is_named ? hidden : NULL);
  limit -= LAB_TRACE_HEADER_BYTES;
  most = (uint32_t)(limit / SLAB);
  window = (uint32_t)(request->window / SLAB);
  if (request->window != 0 && window < 8) window = 8;
  long start;
  for (;; most /= 2) {
    map_bytes = LAB_TRACE_HEADER_BYTES + (uint64_t)most * SLAB;
    start = lab_system_call(SYS_mmap, NULL, map_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, file, 0);
    // Programs may have little address space.
    if (start != -ENOMEM || map_bytes < LEAST_BYTES) break;
  }
  if (lab_is_refusal(start)) return fail((int)-start, is_named ? hidden : NULL);
  map = (uint8_t *)start;
  madvise(map, map_bytes, MADV_DONTDUMP);
  uint32_t first = STEP / SLAB < most ? STEP / SLAB : most;
  int error = promise(first);
  if (error != 0) return fail(error, is_named ? hidden : NULL);
  write_header(request->window_nanoseconds);
  if (is_named && rename(hidden, request->path) != 0) return fail(errno, hidden);
  return 0;
}

lab_trace_status lab_trace_file_open(const lab_trace_request *request, int *error) {
  LAB_STORE(&promised, 0);
  LAB_STORE(&given, 0);
  LAB_STORE(&is_full, false);
  LAB_STORE(&cursor, 0);
  LAB_STORE(&turns, 0);
  LAB_STORE(&sequence, 0);
  LAB_STORE(&spare_count, 0);
  for (int i = 0; i < SPARES; i++) LAB_STORE(&spares[i], 0);
  is_taken = false;
  if ((*error = open_file(request)) != 0) return *error == ENOMEM ? LAB_TRACE_NO_MEMORY : LAB_TRACE_NO_FILE;
  users = lab_own_map(most * sizeof *users);
  if (users != NULL) return LAB_TRACE_OK;
  fail(0, NULL);
  return LAB_TRACE_NO_MEMORY;
}

void lab_trace_file_take(void) {
  int shared = file;
  // From here on the program may close what it likes, and gets the numbers that it would have got without us.
  is_taken = unshare(CLONE_FILES) == 0;
  if (!is_taken) return;
  if (shared > 0) lab_system_call(SYS_close_range, 0, shared - 1, 0);
  lab_system_call(SYS_close_range, shared + 1, ~0u, 0);
}

void lab_trace_file_share_no_more(void) {
  if (is_taken) close(file);
}

void lab_trace_file_close(void) {
  if (!is_taken && file >= 0) close(file);
  file = -1;
  if (map != NULL) munmap(map, map_bytes);
  map = NULL;
  lab_own_unmap((void *)users, most * sizeof *users);
  users = NULL;
}

void lab_trace_file_forget(void) { lab_trace_file_close(); }

bool lab_trace_file_is_raw(const char *path) {
  uint8_t bytes[offsetof(struct lab_trace_header, shift)];
  uint32_t flags = 0;
  int read_from = lab_open(path);
  if (read_from < 0) return false;
  bool is_trace = lab_read(read_from, bytes, sizeof bytes) == sizeof bytes &&
                  memcmp(bytes, LAB_TRACE_MAGIC, strlen(LAB_TRACE_MAGIC)) == 0;
  lab_close(read_from);
  if (is_trace) memcpy(&flags, bytes + offsetof(struct lab_trace_header, flags), sizeof flags);
  return is_trace && !(flags & LAB_TRACE_IS_WHOLE);
}

uint64_t lab_trace_ticks_of(uint64_t nanoseconds) {
  const struct lab_trace_header *header = (const struct lab_trace_header *)map;
  uint64_t now, moment;
  if (!LAB_LOAD(&lab_trace_counts_cycles)) return nanoseconds;
  // The rate by all that has passed: the longer, the better.
  do lab_trace_read_clocks(&now, &moment);
  while (moment - header->monotonic < 1000000);
  double rate = (double)(now - header->ticks) / (double)(moment - header->monotonic);
  return (uint64_t)((double)nanoseconds * rate);
}

uint64_t lab_trace_start_ticks(void) { return ((const struct lab_trace_header *)map)->ticks; }
uint64_t lab_trace_file_turns(void) { return LAB_LOAD(&turns); }
bool lab_trace_keeps_window(void) { return window != 0; }

// MARK: - Chunks

/// What a slab held is written over: up to the last end there, and up to now if one was never ended, a window has no
/// longer all events.
static void forget_slab(uint32_t slab) {
  struct lab_trace_header *header = (struct lab_trace_header *)map;
  uint64_t since = 0, known = LAB_LOAD(&header->since);
  for (const uint8_t *at = slab_at(slab), *end = slab_at(slab + 1); at + sizeof(struct lab_trace_chunk) <= end;) {
    const struct lab_trace_chunk *chunk = (const struct lab_trace_chunk *)at;
    if (LAB_ACQUIRE(&chunk->magic) != LAB_TRACE_CHUNK_MAGIC || chunk->length < sizeof *chunk) break;
    uint64_t over = LAB_LOAD(&chunk->used) == 0 ? 0 : chunk->end != 0 ? chunk->end : lab_trace_ticks();
    if (over > since) since = over;
    at += chunk->length;
  }
  while (since > known && !atomic_compare_exchange_weak(&header->since, &known, since)) {}
  atomic_fetch_add(&turns, 1);
}

/// A slab that nobody has had, or, of a window, the oldest that nobody writes to.
static bool take_slab(bool is_of_events, uint32_t *slab) {
  uint32_t next = LAB_LOAD(&given), room = LAB_ACQUIRE(&promised);
  bool is_fresh = window == 0 || !is_of_events || next < window;
  for (; is_fresh && next < room;)
    if (atomic_compare_exchange_weak(&given, &next, next + 1)) {
      if (room - next < STEP / SLAB / 2 && (next & 7) == 0) lab_trace_keeper_wake();
      atomic_fetch_add(&users[next], 1);
      *slab = next;
      return true;
    }
  for (uint32_t tries = 0; window != 0 && is_of_events && tries < next; tries++) {
    uint32_t candidate = atomic_fetch_add(&cursor, 1) % next, none = 0;
    if (!atomic_compare_exchange_strong(&users[candidate], &none, 1)) continue;
    forget_slab(candidate);
    *slab = candidate;
    return true;
  }
  // All of them are open: one more.
  while (window != 0 && next < room)
    if (atomic_compare_exchange_weak(&given, &next, next + 1)) {
      atomic_fetch_add(&users[next], 1);
      *slab = next;
      return true;
    }
  if (!LAB_LOAD(&is_full)) lab_trace_keeper_wake();
  return false;
}

static void keep_spare(uint8_t *at) {
  if (SLAB - (uint64_t)(at - slab_at(slab_of(at))) >= LEAST_SPARE)
    for (int i = 0; i < SPARES; i++) {
      uint64_t none = 0;
      if (!atomic_compare_exchange_strong(&spares[i], &none, (uint64_t)(at - map))) continue;
      atomic_fetch_add(&spare_count, 1);
      return;
    }
  atomic_fetch_sub(&users[slab_of(at)], 1);
}

/// Where the rest of a slab begins that somebody has left, with its part in the slab's users; null if there is none.
static uint8_t *take_spare(void) {
  for (int i = 0; LAB_LOAD(&spare_count) > 0 && i < SPARES; i++) {
    uint64_t offset = LAB_LOAD(&spares[i]);
    if (offset == 0 || !atomic_compare_exchange_strong(&spares[i], &offset, 0)) continue;
    atomic_fetch_sub(&spare_count, 1);
    return map + offset;
  }
  return NULL;
}

/// Ends what can be read of a slab there.
static void end_at(uint8_t *at) {
  if (at < slab_at(slab_of(at - 1) + 1)) LAB_RELEASE(&((struct lab_trace_chunk *)at)->magic, 0);
}

struct lab_trace_chunk *lab_trace_chunk_new(enum lab_trace_chunk_kind kind, uint32_t bytes) {
  uint8_t *at = bytes < SLAB ? take_spare() : NULL;
  uint32_t slab;
  if (at == NULL) {
    if (!take_slab(kind == LAB_TRACE_OF_EVENTS, &slab)) return NULL;
    at = slab_at(slab);
  }
  uint32_t room = (uint32_t)(slab_at(slab_of(at) + 1) - at);
  struct lab_trace_chunk *chunk = (struct lab_trace_chunk *)at;
  LAB_RELEASE(&chunk->magic, 0);
  atomic_thread_fence(memory_order_seq_cst);
  chunk->length = room < bytes + LEAST_SPARE ? room : bytes;
  if (chunk->length < room) {
    // Counted before it can be taken.
    atomic_fetch_add(&users[slab_of(at)], 1);
    end_at(at + chunk->length);
    keep_spare(at + chunk->length);
  }
  LAB_STORE(&chunk->used, 0);
  LAB_STORE(&chunk->flags, 0);
  chunk->kind = (uint8_t)kind;
  chunk->header_bytes = sizeof *chunk;
  chunk->sequence = atomic_fetch_add(&sequence, 1) + 1;
  chunk->events = 0;
  chunk->checksum = 0;
  chunk->end = 0;
  LAB_STORE(&chunk->lost_after, 0);
  memset(chunk->name, 0, sizeof chunk->name);
  // What it has not told yet nobody reads while nothing is used.
  LAB_RELEASE(&chunk->magic, LAB_TRACE_CHUNK_MAGIC);
  return chunk;
}

/// Source: RFC 3720, B.4; the polynomial of iSCSI, bits reversed.
static uint32_t checksum(uint32_t sum, const uint8_t *bytes, size_t count) {
  static _Atomic int is_by_processor;
  int by = LAB_LOAD(&is_by_processor);
  if (by == 0) LAB_STORE(&is_by_processor, by = lab_has_checksum() ? 1 : -1);
  for (; by > 0 && count >= 8; bytes += 8, count -= 8) {
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    sum = (uint32_t)lab_checksum_step(sum, eight);
  }
  for (; count > 0; bytes++, count--) {
    sum ^= *bytes;
    for (int bit = 0; bit < 8; bit++) sum = sum >> 1 ^ (0x82f63b78u & -(sum & 1));
  }
  return sum;
}

void lab_trace_chunk_seal(struct lab_trace_chunk *chunk, bool cut) {
  uint32_t used = LAB_LOAD(&chunk->used), kept = ((uint32_t)sizeof *chunk + used + 63) & ~63u;
  uint8_t *rest = NULL;
  if (cut && chunk->length > kept + 2 * LEAST_SPARE) {
    rest = (uint8_t *)chunk + kept;
    end_at(rest);
    chunk->length = kept;
    atomic_fetch_add(&users[slab_of(chunk)], 1);
  }
  chunk->end = lab_trace_ticks();
  uint8_t flags = LAB_LOAD(&chunk->flags) | LAB_TRACE_IS_SEALED;
  struct lab_trace_chunk sealed = *chunk;
  LAB_STORE(&sealed.flags, flags);
  chunk->checksum = ~checksum(checksum(~0u, (const uint8_t *)&sealed, sizeof sealed), lab_trace_payload(chunk), used);
  LAB_RELEASE(&chunk->flags, flags);
  if (rest != NULL) keep_spare(rest);
  if (chunk->kind == LAB_TRACE_OF_EVENTS || window == 0) atomic_fetch_sub(&users[slab_of(chunk)], 1);
}
#endif
