// A process that has a child by fork, and both wait.
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(void) {
  for (int file = 3; file < 1024; file++) close(file);
  pid_t child = fork();
  if (child == 0) {
    // Ends with its parent.
    while (getppid() != 1) {
      free(malloc(100000));
      usleep(10000);
    }
    return 0;
  }
  printf("begun\n");
  fflush(stdout);
  for (volatile unsigned sum = 0;; sum++)
    if (sum % 1000000 == 0) free(malloc(100000));
}
