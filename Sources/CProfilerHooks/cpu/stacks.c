// C because the helper thread may not allocate while an allocation hook watches: memory comes from mmap.
// Who takes records out of the buffer or looks at the table does so with its lock held.
#include "cpu/cpu.h"
#include "unwind/unwind.h"
#include <string.h>

enum { SLOTS = 1 << 17, MAX_STACKS = 100000, CHUNK = 1 << 20, MAX_CHUNKS = 64 };

struct stack {
  uint64_t hash, samples, weight;
  uint32_t depth, labels, flags, pad;
  uintptr_t pcs[];
};

static uint32_t *slots; // number of a stack + 1, by hash
static struct stack **stacks;
static char *chunks[MAX_CHUNKS];
static uint32_t stack_count, chunk_count;
static size_t chunk_used;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void lab_stacks_lock(void) { pthread_mutex_lock(&lock); }
void lab_stacks_unlock(void) { pthread_mutex_unlock(&lock); }

/// The helper, which may have held the lock, is not in the child; the next start clears what it left.
static void after_fork_in_child(void) { pthread_mutex_init(&lock, NULL); }
__attribute__((constructor(104))) static void prepare_stacks(void) { pthread_atfork(NULL, NULL, after_fork_in_child); }

static uint64_t hash_of(const struct lab_record *r) {
  uint64_t h = 0x9e3779b97f4a7c15u ^ r->labels ^ (uint64_t)r->flags << 32;
  for (uint32_t i = 0; i < r->depth; i++) {
    h = (h ^ r->pcs[i]) * 0xbf58476d1ce4e5b9u;
    h ^= h >> 29;
  }
  return h;
}

static struct stack *allocate(uint32_t depth) {
  size_t size = sizeof(struct stack) + depth * sizeof(uintptr_t);
  if (chunk_count == 0 || chunk_used + size > CHUNK) {
    if (chunk_count == MAX_CHUNKS || !(chunks[chunk_count] = lab_map(CHUNK))) return 0;
    chunk_count++;
    chunk_used = 0;
  }
  struct stack *s = (struct stack *)(chunks[chunk_count - 1] + chunk_used);
  chunk_used += size;
  return s;
}

bool lab_stacks_add(const struct lab_record *record) {
  if (!slots) slots = lab_map(SLOTS * sizeof *slots);
  if (!stacks) stacks = lab_map(MAX_STACKS * sizeof *stacks);
  if (!slots || !stacks) return false;
  uint64_t hash = hash_of(record);
  uint64_t at = hash % SLOTS;
  for (; slots[at]; at = (at + 1) % SLOTS) {
    struct stack *s = stacks[slots[at] - 1];
    if (s->hash == hash && s->depth == record->depth && s->labels == record->labels && s->flags == record->flags &&
        memcmp(s->pcs, record->pcs, s->depth * sizeof *s->pcs) == 0) {
      s->samples++;
      s->weight += record->weight;
      return true;
    }
  }
  struct stack *s = stack_count < MAX_STACKS ? allocate(record->depth) : 0;
  if (!s) return false;
  *s = (struct stack){hash, 1, record->weight, record->depth, record->labels, record->flags, 0};
  memcpy(s->pcs, record->pcs, record->depth * sizeof *s->pcs);
  stacks[stack_count] = s;
  slots[at] = ++stack_count;
  return true;
}

void lab_stacks_retag(uintptr_t lo, uintptr_t hi, uintptr_t tag) {
  lab_stacks_lock();
  for (uint32_t i = 0; i < stack_count; i++)
    for (uint32_t k = 0; k < stacks[i]->depth; k++)
      if (stacks[i]->pcs[k] >= lo && stacks[i]->pcs[k] < hi) stacks[i]->pcs[k] |= tag;
  lab_stacks_unlock();
}

void lab_stacks_clear(void) {
  lab_stacks_lock();
  for (uint32_t i = 0; i < chunk_count; i++) lab_unmap(chunks[i], CHUNK);
  lab_unmap(slots, SLOTS * sizeof *slots);
  lab_unmap(stacks, MAX_STACKS * sizeof *stacks);
  slots = 0;
  stacks = 0;
  stack_count = chunk_count = 0;
  lab_stacks_unlock();
}

uint64_t lab_stacks_count(void) { return stack_count; }

uint64_t lab_stacks_bytes(void) {
  return slots ? chunk_count * (uint64_t)CHUNK + SLOTS * sizeof *slots + stack_count * sizeof *stacks : 0;
}

int lab_cpu_stack_at(uint32_t index, struct lab_cpu_stack *out) {
  if (index >= stack_count) return 0;
  const struct stack *s = stacks[index];
  *out = (struct lab_cpu_stack){s->pcs, s->depth, s->labels, s->samples, s->weight, (int)s->flags};
  return 1;
}
