import PromQLSyntax
import SeriesModel

/// What the result of an operator between vectors is called.
struct BinaryResult: Sendable {
  private let matching: VectorMatching
  private let base: [LabelProjection]
  /// A boolean has no name, not even one that is included.
  private let dropsIncludedName: Bool
  private let oneSide: LabelProjection

  init(_ plan: BinaryPlan, delayed: Bool) {
    matching = plan.matching
    var base: [LabelProjection] = []
    if plan.op.changesMeaning || (plan.returnsBool && !delayed) { base.append(.droppingMetadata) }
    if matching.cardinality == .oneToOne {
      base.append(matching.on ? .keeping(matching.labels) : .removing(matching.labels))
    }
    self.base = base
    dropsIncludedName = plan.returnsBool && !delayed
    oneSide = matching.on ? .keeping(matching.labels) : .removing(matching.labels + [LabelName.metric])
  }

  /// - Parameters:
  ///   - many: the labels of the side that may have several series per group; the left one if neither.
  ///   - one: the labels of the other side.
  func labels(many: LabelSet, one: LabelSet) -> LabelSet {
    var result = many
    for projection in base { result = projection.apply(result) }
    if matching.include.isEmpty { return result }
    var builder = LabelSetBuilder(result)
    for name in matching.include { builder.set(name, one[name] ?? "") }
    return dropsIncludedName ? LabelProjection.droppingMetadata.apply(builder.build()) : builder.build()
  }

  /// What stands for a side that is not there.
  func filled(_ labels: LabelSet) -> LabelSet { oneSide.apply(labels) }
}
