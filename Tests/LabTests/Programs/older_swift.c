// A Swift library as old as 6.0's: it does not say how it lays out tasks. With AS_LIBRARY it is that library, else a
// program that calls it and prints what came of it.
#include <stddef.h>
#include <stdio.h>

typedef struct {
  void *task, *context;
} made;

#ifdef AS_LIBRARY
void (*_swift_tsan_release)(const void *);
void swift_task_enqueue(void) {}
made swift_task_create(size_t flags, void *options, const void *result, void *function, void *context) {
  return (made){(char *)function + flags, (char *)context + (options == NULL) + (result == NULL)};
}
void swift_asyncLet_begin(char *child, void *options, const void *result, void *function, void *context, char *buffer) {
  *child = 'a' + (options == NULL) + (result == NULL) + (function == NULL) + (context == NULL);
  *buffer = 'b';
}
void swift_task_enterThreadLocalContext(char *state) { *state += 1; }
void swift_task_exitThreadLocalContext(char *state) { *state += 2; }
#else
made swift_task_create(size_t flags, void *options, const void *result, void *function, void *context);
void swift_asyncLet_begin(char *child, void *options, const void *result, void *function, void *context, char *buffer);
void swift_task_enterThreadLocalContext(char *state);
void swift_task_exitThreadLocalContext(char *state);

int main(void) {
  char text[16], child = 0, buffer = 0, state = 'd';
  made task = swift_task_create(3, NULL, NULL, text, text + 4);
  swift_asyncLet_begin(&child, NULL, NULL, NULL, NULL, &buffer);
  swift_task_enterThreadLocalContext(&state);
  swift_task_exitThreadLocalContext(&state);
  printf("%d %d %c %c %c\n", (int)((char *)task.task - text), (int)((char *)task.context - text), child, buffer, state);
  return 7;
}
#endif
