// Remembers which files were loaded when one is about to go: what was allocated in it is named after it has gone.
//
// C, because dlclose is libc's. Runs outside of handlers and of malloc; takes the dynamic linker's lock.
#include "lab_platform.h"
#if LAB_HAS_ENGINE
#include "base/lock.h"
#include "base/start_order.h"
#include "heap/heap.h"
#include "hooks/hooks.h"
#include "unwind/unwind.h"
#include <pthread.h>
#include <string.h>

/// A program that loads and unloads for ever, each time another file or elsewhere, is remembered up to here.
#define REMEMBERED_BYTES ((size_t)4 << 20)

/// An image and, behind it, all that it points to.
struct departed_image {
  size_t bytes;
  lab_loaded_image image;
};

static struct lab_lock lock;
static char *memory;
static size_t used;

static struct departed_image *at(size_t offset) { return (struct departed_image *)(memory + offset); }

void lab_departed_images_forget(void) {
  lab_lock(&lock);
  lab_own_unmap(memory, REMEMBERED_BYTES);
  memory = NULL;
  used = 0;
  lab_unlock(&lock);
}

void lab_each_departed_image(void (*visit)(lab_loaded_image image, void *context), void *context) {
  lab_lock(&lock);
  for (size_t offset = 0; offset < used; offset += at(offset)->bytes) visit(at(offset)->image, context);
  lab_unlock(&lock);
}

// MARK: - Fork: sessions go on in the child, which has one thread and none of what others were in the middle of.

static void before_fork(void) { lab_lock(&lock); }
static void after_fork_in_parent(void) { lab_unlock(&lock); }
static void after_fork_in_child(void) {
  lab_unlock(&lock);
  atomic_store(&lab_heap_moving, 0);
}
__attribute__((constructor(LAB_STARTS_HEAP))) static void prepare_heap(void) {
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
}

#if LAB_INTERPOSES
static bool is_same(const lab_loaded_image *a, const lab_loaded_image *b) {
  return a->base == b->base && a->build_id_size == b->build_id_size && strcmp(a->name, b->name) == 0 &&
         memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
}

static void *copy(void **to, const void *from, size_t bytes) {
  void *place = *to;
  memcpy(place, from, bytes);
  *to = (char *)place + ((bytes + 7) & ~(size_t)7);
  return place;
}

static void remember(lab_loaded_image image, void *unused) {
  (void)unused;
  if (image.build_id == NULL) image.build_id = (const uint8_t *)"";
  for (size_t offset = 0; offset < used; offset += at(offset)->bytes)
    if (is_same(&at(offset)->image, &image)) return;
  size_t name = strlen(image.name) + 1;
  size_t bytes = (sizeof(struct departed_image) + name + image.build_id_size + 3 * 7) & ~(size_t)7;
  if (memory == NULL && (memory = lab_own_map(REMEMBERED_BYTES)) == NULL) return;
  if (used + bytes > REMEMBERED_BYTES) return;
  struct departed_image *departed = at(used);
  void *next = departed + 1;
  image.build_id = copy(&next, image.build_id, image.build_id_size);
  image.name = copy(&next, image.name, name);
  *departed = (struct departed_image){bytes, image};
  used += bytes;
}

int LAB_BODY(dlclose)(void *handle) {
  lab_lock(&lock);
  lab_each_loaded_image(remember, NULL);
  lab_unlock(&lock);
  int result = lab_real.dlclose(handle);
  // So that what is loaded in its place is told from it.
  lab_unwind_prepare_unless_busy();
  return result;
}
#endif
#endif
