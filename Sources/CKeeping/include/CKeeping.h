// What Swift cannot ask of Linux: calls that take any number of arguments, and those that the C library has no name for.
#ifndef LAB_KEEPING_H
#define LAB_KEEPING_H

/// Makes this process the parent of all that descend from it when their own parents end. Returns 0, or an error number.
int lab_adopt_orphans(void);

/// Has the kernel kill this process when its parent ends. It stays so when another program is executed. Returns 0, or an
/// error number.
int lab_end_with_parent(void);

/// From now on this process, and all that it starts, can write, make and remove files only below `count` paths, and
/// send signals only to one another, as far as the kernel has Landlock (Linux 5.13; signals: 6.12). For good.
/// Returns 0, ENOSYS or EOPNOTSUPP where there is none, or another error number.
int lab_write_only_below(const char *const *paths, int count);

#endif
