// A thousand threads, short ones, one after the other and eight at a time.
#include "work.h"

static void *touch(void *unused) {
  free(malloc(100));
  return unused;
}

int main(void) {
  pthread_t threads[8];
  for (int round = 0; round < 125; round++) {
    for (int i = 0; i < 8; i++)
      if (pthread_create(&threads[i], NULL, touch, NULL) != 0) return 1;
    for (int i = 0; i < 8; i++) pthread_join(threads[i], NULL);
  }
  puts("done");
  return 0;
}
