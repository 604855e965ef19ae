// The C library's allocator with a counter in front. Defined in the program itself, these take the place of the C library's for everything that is
// loaded, Swift's runtime among it.
#include "CAllocationCount.h"

#include <errno.h>
#include <stddef.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);
extern void __libc_free(void *);

// Initial-exec: reading it must not allocate.
static __thread allocation_count counted __attribute__((tls_model("initial-exec")));

allocation_count allocations_of_this_thread(void) { return counted; }

static void count(size_t bytes) {
  counted.blocks += 1;
  counted.bytes += bytes;
}

void *malloc(size_t bytes) {
  count(bytes);
  return __libc_malloc(bytes);
}

void *calloc(size_t number, size_t bytes) {
  count(number * bytes);
  return __libc_calloc(number, bytes);
}

void *realloc(void *block, size_t bytes) {
  count(bytes);
  return __libc_realloc(block, bytes);
}

void *memalign(size_t alignment, size_t bytes) {
  count(bytes);
  return __libc_memalign(alignment, bytes);
}

void *aligned_alloc(size_t alignment, size_t bytes) { return memalign(alignment, bytes); }

int posix_memalign(void **block, size_t alignment, size_t bytes) {
  if (alignment % sizeof(void *) || alignment & (alignment - 1) || !alignment) return EINVAL;
  void *found = memalign(alignment, bytes);
  if (!found) return ENOMEM;
  *block = found;
  return 0;
}

void free(void *block) { __libc_free(block); }
