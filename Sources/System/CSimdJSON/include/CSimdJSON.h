#pragma once
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many bytes past the end of a buffer the parser may read; buffers handed to it are padded by that much.
size_t csimdjson_padding(void);

#ifdef __cplusplus
}
#endif
