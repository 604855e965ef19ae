#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// How many bytes past the end of a text the reader may look at; their values do not matter.
size_t csimdjson_padding(void);

enum {
  CSIMDJSON_ABSENT = 0,
  CSIMDJSON_NULL,
  CSIMDJSON_BOOL,
  CSIMDJSON_INTEGER, // fits int64_t; `number` is set too
  CSIMDJSON_NUMBER,
  CSIMDJSON_STRING,
  CSIMDJSON_ARRAY,
  CSIMDJSON_OBJECT,
};

enum {
  CSIMDJSON_OK = 0,
  CSIMDJSON_MALFORMED,
  CSIMDJSON_BROKEN_UTF8,
  CSIMDJSON_TOO_DEEP,
  CSIMDJSON_BAD_NUMBER,
  CSIMDJSON_BAD_STRING,
  CSIMDJSON_NOT_AN_OBJECT,
  CSIMDJSON_DUPLICATE, // `field` of the reader is named twice
  CSIMDJSON_NO_MEMORY,
};

/// A value, or the lack of one. Text is UTF-8 without escapes.
typedef struct {
  int32_t kind;
  uint32_t length;
  const char *_Nullable text;
  int64_t integer;
  double number;
} csimdjson_value;

/// Reads objects of known fields, one after another. Not for several threads at once.
typedef struct csimdjson_reader csimdjson_reader;

/// `names` are `count` (at most 64) names of fields; those from `inner` on are fields of the object in the field `within`.
csimdjson_reader *_Nullable csimdjson_reader_new(const char *_Nonnull const *_Nonnull names, int count, int within, int inner, size_t max_depth);
void csimdjson_reader_free(csimdjson_reader *_Nonnull reader);

/// Reads one object and checks the whole of its text, known fields or not. `csimdjson_padding()` bytes behind the text must be readable.
/// Returns CSIMDJSON_OK or what is wrong.
int csimdjson_read(csimdjson_reader *_Nonnull reader, const char *_Nonnull text, size_t length);

/// A field of the object read last. Its text lives until the next read.
csimdjson_value csimdjson_field(const csimdjson_reader *_Nonnull reader, int field);

/// The field that the last error is about, or -1.
int csimdjson_failed_field(const csimdjson_reader *_Nonnull reader);

#ifdef __cplusplus
}
#endif
