import PromQLSyntax
import SourceText

/// Annotations in the order in which they came up, each text once: of several places that of the last remark is told, as in the reference.
struct Remarks {
  private struct Key: Hashable {
    var kind: Annotation.Kind
    var message: String
  }

  private let text: String
  private(set) var all: [Annotation] = []
  private var places: [Key: Int] = [:]

  init(text: String) { self.text = text }

  mutating func add(_ kind: Annotation.Kind, _ message: String, at range: SourceRange) {
    let head = kind == .warning ? "PromQL warning: " : "PromQL info: "
    let annotation = Annotation(kind, text.isEmpty ? head + message : "\(head)\(message) (\(range.start(in: text)))")
    let key = Key(kind: kind, message: message)
    if let known = places[key] {
      all[known] = annotation
    } else {
      places[key] = all.count
      all.append(annotation)
    }
  }
}
