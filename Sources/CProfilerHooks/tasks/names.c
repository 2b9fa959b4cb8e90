// C, because it is called in hooks of the runtime. It calls lab_own_map only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/names.h"
#include "base/hidden.h"
#include "base/losses.h"
#include "lab_memory.h"
#include "stacks/stacks.h"
#include <string.h>

LAB_HIDE_THIS_FILE

enum { NAMES = 1 << 16, NAME_BYTES = 128, HEADS = LAB_STACK_HEADS };

struct name {
  uint64_t hash;
  uint32_t next;
  char text[NAME_BYTES];
};
static _Atomic(struct name *) names;
static _Atomic uint32_t heads[HEADS];
static _Atomic uint32_t used = 1;

static struct name *open_names(void) {
  struct name *all = LAB_ACQUIRE(&names);
  if (all != NULL) return all;
  struct name *made = lab_own_map(NAMES * sizeof *made);
  if (made == NULL) return NULL;
  if (atomic_compare_exchange_strong(&names, &all, made)) return made;
  lab_own_unmap(made, NAMES * sizeof *made);
  return all;
}

/// How long a name is as far as it counts: not into the middle of a character.
static size_t length_of(const char *name) {
  size_t length = strnlen(name, NAME_BYTES);
  if (length < NAME_BYTES) return length;
  for (length = NAME_BYTES - 1; length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80;) length--;
  return length;
}

uint32_t lab_task_name_number(const char *name) {
  struct name *all = open_names();
  if (all == NULL) return 0;
  size_t length = length_of(name);
  uint64_t hash = 0xCBF29CE484222325ull;
  for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)name[i]) * 0x100000001B3ull;
  _Atomic uint32_t *head = lab_head_of(heads, hash, 0);
  uint32_t made = 0;
  for (;;) {
    uint32_t first = LAB_ACQUIRE(head);
    for (uint32_t i = first; i != 0; i = all[i].next)
      if (all[i].hash == hash && memcmp(all[i].text, name, length) == 0 && all[i].text[length] == 0) return i;
    if (made == 0) {
      if ((made = lab_claim(&used, NAMES)) == 0) {
        lab_lose(LAB_LOSS_task_names_full, 1);
        return 0;
      }
      all[made].hash = hash;
      memcpy(all[made].text, name, length);
    }
    all[made].next = first;
    if (lab_publish(head, &first, made)) return made;
  }
}

const char *lab_task_name(uint32_t number) {
  struct name *all = LAB_ACQUIRE(&names);
  return number == 0 || all == NULL ? NULL : all[number].text;
}
#endif
