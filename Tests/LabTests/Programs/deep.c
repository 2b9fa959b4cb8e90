// Recurses deeper than a walk of its stack goes, on the main thread or on another.
#include "work.h"
#include <pthread.h>

__attribute__((noinline)) static int recurse(int depth) {
  if (depth == 0) return burn(0.3), 1;
  return recurse(depth - 1) * 3 + depth;
}

static void *begin(void *argument) {
  printf("%d\n", recurse(20000) != 0);
  return argument;
}

int main(int count, char **arguments) {
  pthread_t thread;
  (void)arguments;
  if (count < 2) return begin(NULL) != NULL;
  if (pthread_create(&thread, NULL, begin, NULL) == 0) pthread_join(thread, NULL);
}
