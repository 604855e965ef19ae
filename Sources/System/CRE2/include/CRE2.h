#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// A compiled pattern. Immutable after creation, so it may be used from many threads.
typedef struct cre2_pattern cre2_pattern;

/// Compiles `text`. Never returns NULL but when memory runs out; ask `cre2_error`.
cre2_pattern *_Nullable cre2_new(const char *_Nonnull text, size_t length, int64_t max_memory);
void cre2_free(cre2_pattern *_Nonnull pattern);
/// The error text, or NULL when the pattern compiled. Lives as long as the pattern.
const char *_Nullable cre2_error(const cre2_pattern *_Nonnull pattern);
int cre2_group_count(const cre2_pattern *_Nonnull pattern);
/// The number of the group called `name`, or -1.
int cre2_group_named(const cre2_pattern *_Nonnull pattern, const char *_Nonnull name, size_t length);
/// Whether the whole of `text` matches.
bool cre2_full_match(const cre2_pattern *_Nonnull pattern, const char *_Nullable text, size_t length);
/// Searches `text` from `start`. Fills `spans` with `groups` pairs (start, end) of byte offsets, -1 for a group that took no part.
/// `anchored` asks for a match of the whole text.
bool cre2_match(const cre2_pattern *_Nonnull pattern, const char *_Nullable text, size_t length, size_t start, bool anchored,
                ptrdiff_t *_Nonnull spans, int groups);

#ifdef __cplusplus
}
#endif
