// What is counted: contentions and their delay, by stack, view and what was waited for.
//
// Chains in a hash table that only grow, are read without locks and extended by one compare-and-swap, as those of
// stacks. Figures only grow until the next start, and a session's window is the difference of what they are at two
// moments.
//
// C, because it is called inside lock and unlock. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/hidden.h"
#include "base/losses.h"
#include "lab_memory.h"
#include "stacks/stacks.h"
#include "waits/waits.h"

LAB_HIDE_THIS_FILE

struct bucket {
  uint64_t key;
  _Atomic uint64_t contentions, delay, runnable, holds, held, queued;
  uint32_t next;
};

enum { BUCKETS = 1 << 18 };
/// Number 0 is none.
static struct bucket *buckets;
static _Atomic uint32_t *heads;
static _Atomic uint32_t used = 1;

bool lab_wait_buckets_open(void) {
  if (!lab_stacks_open(&lab_stacks)) return false;
  if (buckets != NULL) return true;
  char *memory = lab_own_map(BUCKETS * sizeof *buckets + LAB_STACK_HEADS * sizeof *heads);
  if (memory == NULL) return false;
  heads = (_Atomic uint32_t *)(memory + BUCKETS * sizeof *buckets);
  buckets = (struct bucket *)memory;
  return true;
}

static uint64_t key_of(uint32_t stack, lab_wait_view view, lab_wait_on on) {
  return (uint64_t)on << 40 | (uint64_t)view << 32 | stack;
}

void lab_wait_buckets_clear(lab_wait_view view) {
  for (uint32_t i = 1; i <= lab_wait_bucket_count(); i++) {
    if ((lab_wait_view)(uint8_t)(buckets[i].key >> 32) != view) continue;
    struct bucket *bucket = &buckets[i];
    _Atomic uint64_t *figures[] = {&bucket->contentions, &bucket->delay, &bucket->runnable,
                                   &bucket->holds, &bucket->held, &bucket->queued};
    for (size_t k = 0; k < sizeof figures / sizeof *figures; k++) LAB_STORE(figures[k], 0);
  }
}

/// 0 if there is no room.
static uint32_t intern(uint64_t key) {
  _Atomic uint32_t *head = lab_head_of(heads, key, 0);
  uint32_t made = 0;
  while (true) {
    uint32_t first = LAB_ACQUIRE(head);
    for (uint32_t i = first; i != 0; i = buckets[i].next)
      if (buckets[i].key == key) return i;
    if (made == 0 && (made = lab_claim(&used, BUCKETS)) == 0) return 0;
    buckets[made].key = key;
    buckets[made].next = first;
    if (lab_publish(head, &first, made)) return made;
  }
}

static void add(_Atomic uint64_t *figure, uint64_t value) {
  if (value > 0) lab_count(figure, value);
}

void lab_wait_bucket_add(uint32_t stack, lab_wait_view view, lab_wait_on on, lab_wait_figures figures) {
  uint32_t number = intern(key_of(stack, view, on));
  if (number == 0 || stack == LAB_STACK_OVERFLOW) {
    lab_lose(view == LAB_WAIT_BLOCKED ? LAB_LOSS_block_table_full : LAB_LOSS_mutex_table_full, 1);
    number = intern(key_of(LAB_STACK_OVERFLOW, view, on));
    if (number == 0) return;
  }
  struct bucket *bucket = &buckets[number];
  add(&bucket->contentions, figures.contentions);
  add(&bucket->delay, figures.delay);
  add(&bucket->runnable, figures.runnable);
  add(&bucket->holds, figures.holds);
  add(&bucket->held, figures.held);
  add(&bucket->queued, figures.queued);
}

uint32_t lab_wait_bucket_count(void) { return LAB_ACQUIRE(&used) - 1; }

bool lab_wait_bucket_at(uint32_t index, lab_wait_bucket *out) {
  if (index == 0 || index > lab_wait_bucket_count()) return false;
  const struct bucket *bucket = &buckets[index];
  // Figures that are not 0 say that the key is there.
  lab_wait_figures figures = {LAB_ACQUIRE(&bucket->contentions), LAB_ACQUIRE(&bucket->delay), LAB_LOAD(&bucket->runnable),
                              LAB_ACQUIRE(&bucket->holds), LAB_LOAD(&bucket->held), LAB_LOAD(&bucket->queued)};
  *out = (lab_wait_bucket){(uint32_t)bucket->key, (lab_wait_view)(uint8_t)(bucket->key >> 32),
                           (lab_wait_on)(bucket->key >> 40), figures};
  return true;
}

size_t lab_wait_frames(uint32_t stack, uintptr_t *pcs, size_t capacity, uint64_t *labels) {
  *labels = 0;
  return stack == LAB_STACK_NONE ? 0 : lab_stack_frames(&lab_stacks, stack, pcs, capacity, labels);
}
#endif
