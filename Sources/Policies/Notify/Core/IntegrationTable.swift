import AlertModel

/// Where notifications go: each integration of each receiver, with what sends to it.
///
/// An integration keeps its number through reloads as long as nothing of it changes, so what is under way to it goes on. Numbers are not used twice.
struct IntegrationTable: Sendable {
  struct Row: Sendable {
    let number: Int
    let name: IntegrationName
    let webhook: Webhook
    let sender: any NotificationSender
  }

  private var rows: [Int: Row] = [:]
  private var byReceiver: [String: [Row]] = [:]
  private var numbers = 0

  subscript(_ number: Int) -> Row? { rows[number] }

  func integrations(of receiver: String) -> [Row] { byReceiver[receiver] ?? [] }

  /// - Returns: the numbers of those that are no more.
  mutating func replace(
    with receivers: [Receiver], making sender: (Webhook, IntegrationName) -> any NotificationSender
  ) -> Set<Int> {
    let old = rows
    (rows, byReceiver) = ([:], [:])
    for receiver in receivers {
      let kept = old.values.filter { $0.name.receiver == receiver.name }
      byReceiver[receiver.name] = receiver.webhooks.enumerated().map { index, webhook in
        if let row = kept.first(where: { $0.name.index == index && $0.webhook == webhook }) { return row }
        let name = IntegrationName(receiver: receiver.name, index: index)
        numbers += 1
        return Row(number: numbers - 1, name: name, webhook: webhook, sender: sender(webhook, name))
      }
      for row in byReceiver[receiver.name]! { rows[row.number] = row }
    }
    return Set(old.keys).subtracting(rows.keys)
  }
}
