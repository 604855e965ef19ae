#include "CSimdJSON.h"

#include <simdjson.h>

#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <vector>

// The parser that builds a tape checks every byte of the text: what nobody asks for is checked as well.

namespace {

constexpr size_t table_size = 256;

uint32_t hash(std::string_view key) {
  uint32_t h = 2166136261u;
  for (const char c : key) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h ^ (h >> 15);
}

/// Names to numbers: open addressing, a quarter full at most.
struct name_table {
  struct entry {
    std::string name;
    int field = -1;
  };
  entry entries[table_size];

  void insert(std::string_view name, int field) {
    size_t i = hash(name) % table_size;
    while (entries[i].field >= 0) i = (i + 1) % table_size;
    entries[i].name = std::string(name);
    entries[i].field = field;
  }

  int find(std::string_view name) const {
    size_t i = hash(name) % table_size;
    while (entries[i].field >= 0) {
      if (entries[i].name == name) return entries[i].field;
      i = (i + 1) % table_size;
    }
    return -1;
  }
};

int code_of(simdjson::error_code error) {
  switch (error) {
  case simdjson::SUCCESS: return CSIMDJSON_OK;
  case simdjson::UTF8_ERROR: return CSIMDJSON_BROKEN_UTF8;
  case simdjson::DEPTH_ERROR: return CSIMDJSON_TOO_DEEP;
  case simdjson::NUMBER_ERROR: return CSIMDJSON_BAD_NUMBER;
  case simdjson::STRING_ERROR: return CSIMDJSON_BAD_STRING;
  case simdjson::MEMALLOC: return CSIMDJSON_NO_MEMORY;
  default: return CSIMDJSON_MALFORMED;
  }
}

} // namespace

struct csimdjson_reader {
  simdjson::dom::parser parser;
  name_table outer, inner;
  csimdjson_value values[64];
  int count = 0, within = -1, failed = -1;

  /// Takes the known fields of an object; a name that stands twice is an error, since nobody can say which one was meant.
  int take(simdjson::dom::object object, const name_table &names, bool outermost) {
    for (const auto [key, value] : object) {
      const int field = names.find(key);
      if (field < 0) continue;
      csimdjson_value &out = values[field];
      if (out.kind != CSIMDJSON_ABSENT) {
        failed = field;
        return CSIMDJSON_DUPLICATE;
      }
      switch (value.type()) {
      case simdjson::dom::element_type::STRING: {
        std::string_view text;
        if (value.get(text)) return CSIMDJSON_MALFORMED;
        out.kind = CSIMDJSON_STRING;
        out.text = text.data();
        out.length = static_cast<uint32_t>(text.size());
        break;
      }
      case simdjson::dom::element_type::INT64:
        out.kind = CSIMDJSON_INTEGER;
        if (value.get(out.integer)) return CSIMDJSON_MALFORMED;
        out.number = static_cast<double>(out.integer);
        break;
      case simdjson::dom::element_type::UINT64:
      case simdjson::dom::element_type::DOUBLE:
        out.kind = CSIMDJSON_NUMBER;
        if (value.get(out.number)) return CSIMDJSON_MALFORMED;
        break;
      case simdjson::dom::element_type::BOOL: out.kind = CSIMDJSON_BOOL; break;
      case simdjson::dom::element_type::NULL_VALUE: out.kind = CSIMDJSON_NULL; break;
      case simdjson::dom::element_type::ARRAY: out.kind = CSIMDJSON_ARRAY; break;
      case simdjson::dom::element_type::OBJECT: {
        out.kind = CSIMDJSON_OBJECT;
        simdjson::dom::object nested;
        if (outermost && field == within && !value.get(nested)) {
          const int code = take(nested, inner, false);
          if (code != CSIMDJSON_OK) return code;
        }
        break;
      }
      }
    }
    return CSIMDJSON_OK;
  }
};

extern "C" {

size_t csimdjson_padding(void) { return simdjson::SIMDJSON_PADDING; }

csimdjson_reader *csimdjson_reader_new(const char *const *names, int count, int within, int inner, size_t max_depth) {
  if (count > 64) return nullptr;
  auto *reader = new (std::nothrow) csimdjson_reader;
  if (reader == nullptr) return nullptr;
  reader->count = count;
  reader->within = within;
  for (int i = 0; i < count; i++) (i < inner ? reader->outer : reader->inner).insert(names[i], i);
  if (reader->parser.allocate(64 << 10, max_depth) != simdjson::SUCCESS) {
    delete reader;
    return nullptr;
  }
  return reader;
}

void csimdjson_reader_free(csimdjson_reader *reader) { delete reader; }

int csimdjson_read(csimdjson_reader *reader, const char *text, size_t length) {
  std::memset(reader->values, 0, sizeof(csimdjson_value) * reader->count);
  reader->failed = -1;
  simdjson::dom::element root;
  const auto error = reader->parser.parse(text, length, false).get(root);
  if (error != simdjson::SUCCESS) return code_of(error);
  simdjson::dom::object object;
  if (root.get(object) != simdjson::SUCCESS) return CSIMDJSON_NOT_AN_OBJECT;
  return reader->take(object, reader->outer, true);
}

csimdjson_value csimdjson_field(const csimdjson_reader *reader, int field) { return reader->values[field]; }

int csimdjson_failed_field(const csimdjson_reader *reader) { return reader->failed; }
}
