// Which calls of the runtime's are for actors: its pointer for ThreadSanitizer is called with futures, groups and
// others, too, whose memory says nothing of what they are. But a place always hands over the same kind of thing, so it
// is enough to look once, with care.
//
// C, because it is asked in hooks of the runtime. It asks the kernel only.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "tasks/actor_places.h"
#include "base/atomics.h"
#include "lab_memory.h"
#include <stddef.h>

/// There are a handful of each.
enum { PLACES = 32 };
static struct {
  _Atomic uintptr_t known[PLACES];
} for_actors, for_others;

static bool is_among(_Atomic uintptr_t *known, uintptr_t place) {
  for (int i = 0; i < PLACES; i++) {
    uintptr_t one = LAB_LOAD(&known[i]);
    if (one == place) return true;
    if (one == 0) return false;
  }
  return false;
}

/// Whether an object is an actor that has no executor of its own, as its class says. Source: Swift,
/// include/swift/ABI/Metadata.h, TargetClassMetadata; MetadataValues.h, TypeContextDescriptorFlags.
static bool is_default_actor(uintptr_t object) {
  enum { DESCRIPTION = 40, KIND = 0x1f, IS_CLASS = 16, IS_DEFAULT_ACTOR = 1 << (16 + 8), LAST_KIND = 0x7ff };
  uintptr_t metadata = 0, kind = 0, description = 0;
  uint32_t flags = 0;
  // Classes have 0 for their kind, or an address.
  return lab_read_memory(object, &metadata, sizeof metadata) && lab_read_memory(metadata, &kind, sizeof kind) &&
         (kind == 0 || kind > LAST_KIND) &&
         lab_read_memory(metadata + DESCRIPTION, &description, sizeof description) &&
         lab_read_memory(description, &flags, sizeof flags) && (flags & KIND) == IS_CLASS &&
         (flags & IS_DEFAULT_ACTOR) != 0;
}

static __attribute__((noinline)) bool learn(uintptr_t place, uintptr_t object) {
  bool is = is_default_actor(object);
  _Atomic uintptr_t *known = is ? for_actors.known : for_others.known;
  for (int i = 0; i < PLACES; i++) {
    uintptr_t none = 0;
    if (atomic_compare_exchange_strong(&known[i], &none, place) || none == place) break;
  }
  return is;
}

bool lab_takes_actors(uintptr_t place, uintptr_t object) {
  return is_among(for_actors.known, place) || (!is_among(for_others.known, place) && learn(place, object));
}
#endif
