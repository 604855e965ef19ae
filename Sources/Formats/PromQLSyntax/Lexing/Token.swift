import SourceText

/// What a token is. Keywords are recognised in any case.
enum TokenKind: UInt8 {
  case endOfInput, identifier, metricIdentifier, string, number, duration
  case leftBrace, rightBrace, leftBracket, rightBracket, leftParen, rightParen, comma, colon, assign
  case add, subtract, multiply, divide, modulo, power, equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
  case and, or, unless, atan2, regexMatch, regexNotMatch, at
  case sum, avg, count, min, max, group, stddev, stdvar, topk, bottomk, countValues, quantile, limitk, limitRatio
  case bool, by, groupLeft, groupRight, ignoring, offset, on, without
  case start, end

  var isOperator: Bool { rawValue >= TokenKind.add.rawValue && rawValue <= TokenKind.at.rawValue }
  var isAggregator: Bool { rawValue >= TokenKind.sum.rawValue && rawValue <= TokenKind.limitRatio.rawValue }
  var isKeyword: Bool { rawValue >= TokenKind.bool.rawValue && rawValue <= TokenKind.without.rawValue }

  /// May stand where a metric's name does.
  var isMetricIdentifier: Bool {
    switch self {
    case .identifier, .metricIdentifier, .and, .or, .unless, .by, .offset, .without, .start, .end: true
    default: isAggregator
    }
  }

  /// May stand where `by`, `on` and their like want a label.
  var isGroupingLabel: Bool { isMetricIdentifier || isKeyword || self == .atan2 }

  var beginsExpression: Bool {
    switch self {
    case .string, .number, .duration, .leftBrace, .leftParen, .add, .subtract: true
    default: isMetricIdentifier
    }
  }

  var binaryOperator: BinaryOperator? {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .modulo: .modulo
    case .power: .power
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    case .and: .and
    case .or: .or
    case .unless: .unless
    case .atan2: .atan2
    default: nil
    }
  }

  var aggregateOperator: AggregateOperator? {
    switch self {
    case .sum: .sum
    case .avg: .avg
    case .count: .count
    case .min: .min
    case .max: .max
    case .group: .group
    case .stddev: .stddev
    case .stdvar: .stdvar
    case .topk: .topk
    case .bottomk: .bottomk
    case .countValues: .countValues
    case .quantile: .quantile
    case .limitk: .limitk
    case .limitRatio: .limitRatio
    default: nil
    }
  }

  /// The keyword that these bytes are, in any case. Words of the newer grammar (`step`, `anchored`, `fill` …) are identifiers that the parser knows
  /// by their place, so that they cost no metric its name.
  static func keyword(_ word: ArraySlice<UInt8>) -> TokenKind? {
    guard let packed = PackedWord(word) else { return nil }
    return keywords[packed]
  }

  private static let keywords: [PackedWord: TokenKind] = {
    let table: [(String, TokenKind)] = [
      ("and", .and), ("or", .or), ("unless", .unless), ("atan2", .atan2), ("sum", .sum), ("avg", .avg), ("count", .count),
      ("min", .min),
      ("max", .max), ("group", .group), ("stddev", .stddev), ("stdvar", .stdvar), ("topk", .topk), ("bottomk", .bottomk),
      ("count_values", .countValues), ("quantile", .quantile), ("limitk", .limitk), ("limit_ratio", .limitRatio),
      ("offset", .offset),
      ("by", .by), ("without", .without), ("on", .on), ("ignoring", .ignoring), ("group_left", .groupLeft),
      ("group_right", .groupRight),
      ("bool", .bool), ("start", .start), ("end", .end), ("inf", .number), ("nan", .number),
    ]
    return Dictionary(uniqueKeysWithValues: table.map { (PackedWord(Array($0.0.utf8)[...])!, $0.1) })
  }()
}

/// A word of 2 to 12 letters and underscores, lower-cased, in two machine words.
private struct PackedWord: Hashable {
  var low: UInt64 = 0
  var high: UInt64 = 0

  init?(_ word: ArraySlice<UInt8>) {
    guard word.count >= 2, word.count <= 12 else { return nil }
    for byte in word {
      high = high << 8 | low >> 56
      low = low << 8 | UInt64(byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
    }
  }
}

struct Token {
  var kind: TokenKind
  var lower: Int
  var upper: Int

  var range: SourceRange { SourceRange(lower, upper) }
}
