/// Every name that a finding can have, in alphabetical order. Each has a page `docs/checks/NAME.md`; tests hold names and pages equal.
package enum CheckNames {
  package static let all: [String] = [
    "config/file", "config/unknown-key", "config/unsupported", "config/value", "promql/arguments", "promql/at", "promql/duration",
    "promql/edges", "promql/feature", "promql/lexical", "promql/limit",
    "promql/number",
    "promql/offset", "promql/range", "promql/regex", "promql/series", "promql/syntax", "promql/type", "promql/unknown-function",
    "rule/duplicate", "rule/duration", "rule/field", "rule/file", "rule/group-name", "rule/kind", "rule/label-name", "rule/limit",
    "rule/record-name", "template/syntax", "test/alert-name", "test/empty-label", "test/file", "test/group-order", "test/histogram",
    "test/limit", "test/rule-files", "yaml/alias", "yaml/documents", "yaml/duplicate-key", "yaml/encoding", "yaml/limit",
    "yaml/merge",
    "yaml/missing-field", "yaml/syntax", "yaml/type", "yaml/unknown-field",
  ]
}
