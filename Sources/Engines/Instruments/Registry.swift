import Catalogue
import SeriesModel
import Synchronization
import Threading

/// All live instruments: counters, gauges and classic histograms of the catalogue.
///
/// One lock guards it. What one ``update(_:)`` does becomes visible at once to scrapes and samplers; a page is rendered under the same lock, which takes
/// 3–5 ms per 100,000 changed lines.
package final class Registry: Sendable {
  package let families: [Family]
  package let options: RegistryOptions
  private let familyByName: [String: Int32]
  private let state: BlockingLock<RegistryUpdate>
  private let published: Atomic<UInt64>

  /// A registry where nothing was seen yet; families without open labels exist at 0.
  package init(families: [Family], options: RegistryOptions) {
    self.families = families
    self.options = options
    familyByName = Dictionary(uniqueKeysWithValues: families.enumerated().map { ($1.name, Int32($0)) })
    let initial = RegistryUpdate(families: families, options: options)
    published = Atomic(initial.changed)
    state = BlockingLock(initial)
  }

  package func family(_ name: String) -> FamilyHandle? { familyByName[name].map(FamilyHandle.init(index:)) }

  /// A family of the catalogue, which must be among the registry's.
  package func family(_ family: Family) -> FamilyHandle {
    guard let handle = self.family(family.name) else { preconditionFailure("BUG: the registry was made without \(family.name)") }
    return handle
  }

  /// Exclusive. Keep it short: nobody scrapes meanwhile.
  package func update<R, E: Error>(_ body: (inout RegistryUpdate) throws(E) -> R) throws(E) -> R {
    var result: R?
    try state.withLock { state throws(E) in
      state.begin()
      defer { published.store(state.changed, ordering: .releasing) }
      result = try body(&state)
    }
    return result!
  }

  /// Rises with every update that changed something; equal means that a page would be the same.
  package var changes: UInt64 { published.load(ordering: .acquiring) }

  /// Why a family would not take these label values as they are, or `nil`. Values beyond a limit are not lost, but count under `__other__`.
  package func refusal(_ f: FamilyHandle, _ values: [String]) -> InstrumentRefusal? {
    let family = families[Int(f.index)]
    if values.count != family.labels.count {
      return .labelCount(family: family.name, expected: family.labels.count, found: values.count)
    }
    for (label, value) in zip(family.labels, values) {
      if let allowed = label.allowed, !allowed.contains(value) {
        return .valueNotInSet(family: family.name, label: label.name, value: value, allowed: allowed)
      }
      if value.utf8.count > options.maximumLabelValueBytes {
        return .valueTooLong(family: family.name, label: label.name, bytes: value.utf8.count, limit: options.maximumLabelValueBytes)
      }
    }
    return nil
  }

  /// For the renderers and samplers of this room.
  func read<R>(_ body: (inout RegistryUpdate) -> R) -> R {
    var result: R?
    state.withLock { state in
      state.settleFolds()
      result = body(&state)
    }
    return result!
  }
}

/// Label values that a family does not take as they are.
package enum InstrumentRefusal: Error, Hashable, Sendable, CustomStringConvertible {
  case labelCount(family: String, expected: Int, found: Int)
  case valueNotInSet(family: String, label: String, value: String, allowed: [String])
  case valueTooLong(family: String, label: String, bytes: Int, limit: Int)

  package var description: String {
    switch self {
    case .labelCount(let family, let expected, let found): "\(family) has \(expected) labels, not \(found)"
    case .valueNotInSet(let family, let label, let value, let allowed):
      "\(label) of \(family) is one of \(allowed.joined(separator: ", ")), not \"\(value)\""
    case .valueTooLong(let family, let label, let bytes, let limit):
      "\(label) of \(family) has \(bytes) bytes, more than the limit label-value-bytes of \(limit)"
    }
  }
}

extension RegistryUpdate {
  init(families: [Family], options: RegistryOptions) {
    self.options = options
    self.families = families.map { FamilyState(shape: FamilyShape($0)) }
    bounds = families.map(\.buckets)
    overflowFamily = families.firstIndex { $0.name == Families.tidemarkSeriesOverflowedTotal.name }
    evictedFamily = families.firstIndex { $0.name == Families.tidemarkSeriesEvictedTotal.name }
    makeNowhere()
    begin()
    bearWhatIsAlwaysThere()
  }

  mutating func begin() {
    version += 1
    second = UInt32(clamping: options.time.now().milliseconds / 1000)
  }

  /// Families without a label to name an entity, and the count of overflows for each that can overflow.
  mutating func bearWhatIsAlwaysThere() {
    let created = now
    for (i, shape) in families.map(\.shape).enumerated() {
      if shape.keyPositions.isEmpty { bear(FamilyHandle(index: Int32(i)), fixed: [], created: created) }
      if shape.hasOpenLabels, let overflowFamily {
        bear(FamilyHandle(index: Int32(overflowFamily)), fixed: [shape.family.name], created: created)
      }
    }
  }
}
