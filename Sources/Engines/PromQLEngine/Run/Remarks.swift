import PromQLSyntax
import SourceText

/// Annotations in the order in which they came up, each text once.
struct Remarks {
  private let text: String
  private(set) var all: [Annotation] = []
  private var seen: Set<Annotation> = []

  init(text: String) { self.text = text }

  mutating func add(_ kind: Annotation.Kind, _ message: String, at range: SourceRange) {
    let head = kind == .warning ? "PromQL warning: " : "PromQL info: "
    let annotation = Annotation(kind, text.isEmpty ? head + message : "\(head)\(message) (\(range.start(in: text)))")
    if seen.insert(annotation).inserted { all.append(annotation) }
  }
}
