// Asks for a snapshot, and then works in a library that was not there before: `loads LIBRARY CAPTURE`, where the
// snapshot is CAPTURE-1. The library is this file, too.
#include "work.h"
#include <dlfcn.h>

#ifdef IS_LIBRARY
__attribute__((noinline)) void late(double time) {
  burn(time);
  sum += 1;
}
#else
int main(int count, char **arguments) {
  char snapshot[5000];
  if (count < 3) return 1;
  burn(0.05);
  snprintf(snapshot, sizeof snapshot, "%s-1", arguments[2]);
  raise(SIGUSR1);
  for (int tries = 0; access(snapshot, F_OK) != 0; tries++)
    if (tries == 3000) return 2;
    else usleep(10000);
  void *library = dlopen(arguments[1], RTLD_NOW);
  void (*late)(double) = library ? (void (*)(double))dlsym(library, "late") : NULL;
  if (!late) return 3;
  late(0.3);
  return 0;
}
#endif
