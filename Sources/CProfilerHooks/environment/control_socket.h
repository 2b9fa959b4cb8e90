// Where the control socket lies, and who may speak to it.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>
#pragma GCC visibility push(hidden)

/// A path that a socket can have.
struct lab_control_path {
  char text[sizeof(((struct sockaddr_un *)0)->sun_path)];
};

/// Finds the folder and makes it, if need be, for this user alone. False, with the reason in words, if there is none
/// that nobody else could write to. Not async-signal-safe.
bool lab_control_place(struct lab_control_path *path, char *reason, size_t capacity);

/// Makes the socket there and listens; it is there for others only when it does. Negative, with the reason, if it cannot.
int lab_control_listen(const struct lab_control_path *path, char *reason, size_t capacity);

/// Takes away sockets in the same folder that nobody listens to any more, as a program leaves them that was killed. Not
/// async-signal-safe.
void lab_control_clean(const struct lab_control_path *path);

/// Whether the other end of a connection is this user's, or root's.
bool lab_control_may_ask(int connection);

#pragma GCC visibility pop
