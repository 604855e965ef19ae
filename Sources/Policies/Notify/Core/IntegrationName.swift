/// One integration of a receiver, as logs and metrics call it.
package struct IntegrationName: Hashable, Sendable {
  package var receiver: String
  package var index: Int

  /// `webhook[0]`
  package var kind: String { "webhook[\(index)]" }
}

extension IntegrationName: CustomStringConvertible {
  package var description: String { "\(receiver)/\(kind)" }
}
