#pragma once
// The C library's allocator: Swift's Glibc module leaves this header out.
#include <malloc.h>
