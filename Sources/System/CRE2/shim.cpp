#include "CRE2.h"

#include <re2/re2.h>

#include <new>
#include <string>
#include <vector>

struct cre2_pattern {
  re2::RE2 re;
  cre2_pattern(const re2::StringPiece &text, const re2::RE2::Options &options) : re(text, options) {}
};

extern "C" {

cre2_pattern *cre2_new(const char *text, size_t length, int64_t max_memory) {
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_encoding(re2::RE2::Options::EncodingUTF8);
  options.set_max_mem(max_memory);
  return new (std::nothrow) cre2_pattern(re2::StringPiece(text, length), options);
}

void cre2_free(cre2_pattern *pattern) { delete pattern; }

const char *cre2_error(const cre2_pattern *pattern) { return pattern->re.ok() ? nullptr : pattern->re.error().c_str(); }

int cre2_group_count(const cre2_pattern *pattern) { return pattern->re.NumberOfCapturingGroups(); }

int cre2_group_named(const cre2_pattern *pattern, const char *name, size_t length) {
  const auto &groups = pattern->re.NamedCapturingGroups();
  const auto found = groups.find(std::string(name, length));
  return found == groups.end() ? -1 : found->second;
}

bool cre2_full_match(const cre2_pattern *pattern, const char *text, size_t length) {
  return pattern->re.Match(re2::StringPiece(text, length), 0, length, re2::RE2::ANCHOR_BOTH, nullptr, 0);
}

bool cre2_match(const cre2_pattern *pattern, const char *text, size_t length, size_t start, bool anchored, ptrdiff_t *spans,
                int groups) {
  std::vector<re2::StringPiece> found(groups);
  const re2::StringPiece whole(text == nullptr ? "" : text, length);
  if (!pattern->re.Match(whole, start, length, anchored ? re2::RE2::ANCHOR_BOTH : re2::RE2::UNANCHORED, found.data(), groups)) return false;
  for (int i = 0; i < groups; i++) {
    const bool took_part = found[i].data() != nullptr;
    spans[2 * i] = took_part ? found[i].data() - whole.data() : -1;
    spans[2 * i + 1] = took_part ? spans[2 * i] + static_cast<ptrdiff_t>(found[i].size()) : -1;
  }
  return true;
}
}
