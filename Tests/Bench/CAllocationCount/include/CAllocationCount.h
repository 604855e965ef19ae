#pragma once
#include <stdint.h>

/// What this thread has asked the allocator for since it began. A block that is moved to grow counts again, with its new size.
typedef struct allocation_count {
  uint64_t blocks;
  uint64_t bytes;
} allocation_count;

allocation_count allocations_of_this_thread(void);
