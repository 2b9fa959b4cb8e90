// Functions that give memory back and that no header of the C library declares yet, or any more.
#pragma once
#include <stdbool.h>
#include <stddef.h>

/// Each frees a block of so many bytes; false if the program has no such function.
bool call_free_sized(void *block, size_t size);
bool call_free_aligned_sized(void *block, size_t alignment, size_t size);
bool call_cfree(void *block);
