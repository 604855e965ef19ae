import SeriesModel

/// The functions that Prometheus adds for alerts.
extension GoFunction {
  static let alerting: [String: GoFunction] = [
    "query": GoFunction([.text]) { run, v throws(GoError) in .vector(try run.samples(of: text(v[0]))) },
    "first": GoFunction([.vector]) { _, v throws(GoError) in
      guard case .vector(let samples) = v[0], let first = samples.first else {
        throw GoError("first() called on vector with no elements")
      }
      return .sample(first)
    },
    "label": GoFunction([.text, .sample]) { _, v throws(GoError) in .string(try sample(v[1]).labels[text(v[0])] ?? "") },
    "value": GoFunction([.sample]) { _, v throws(GoError) in .float(try sample(v[0]).value) },
    "strvalue": GoFunction([.sample]) { _, v throws(GoError) in .string(try sample(v[0]).labels["__value__"] ?? "") },
    "sortByLabel": GoFunction([.text, .vector]) { _, v in
      guard case .vector(let samples) = v[1] else { return v[1] }
      let name = text(v[0])
      // Equal labels keep their order.
      let sorted = samples.enumerated().sorted { a, b in
        let (x, y) = ((a.element.labels[name] ?? "").utf8, (b.element.labels[name] ?? "").utf8)
        return x.elementsEqual(y) ? a.offset < b.offset : x.lexicographicallyPrecedes(y)
      }
      return .vector(sorted.map(\.element))
    },
    "args": GoFunction(rest: .anything) { _, v in
      .map(Dictionary(uniqueKeysWithValues: v.enumerated().map { ("arg\($0.offset)", $0.element) }), texts: false)
    },
    "match": GoFunction([.text, .text]) { run, v throws(GoError) in
      .bool(try run.patterns.pattern(text(v[0])).firstMatch(in: text(v[1])) != nil)
    },
    "reReplaceAll": GoFunction([.text, .text, .text]) { run, v throws(GoError) in
      let pattern: RegularExpression
      do throws(GoError) { pattern = try run.patterns.pattern(text(v[0])) } catch {
        throw GoError("regexp: Compile(\(GoText.backquote(text(v[0])))): \(error.message)")
      }
      return .string(
        try PatternReplacement.replaceAll(pattern, in: text(v[2]), with: text(v[1]), limit: run.environment.limits.outputBytes))
    },
    "title": GoFunction([.text]) { _, v in .string(GoText.title(text(v[0]))) },
    "toUpper": GoFunction([.text]) { _, v in .string(GoText.mapped(text(v[0]), \.uppercaseMapping)) },
    "toLower": GoFunction([.text]) { _, v in .string(GoText.mapped(text(v[0]), \.lowercaseMapping)) },
    "safeHtml": GoFunction([.text]) { _, v in v[0] },
    "stripPort": GoFunction([.text]) { _, v in .string(HostPort(text(v[0]))?.host ?? text(v[0])) },
    "stripDomain": GoFunction([.text]) { _, v in .string(HostPort.withoutDomain(text(v[0]))) },
    "graphLink": GoFunction([.text]) { _, v in .string("/graph?g0.expr=\(GoText.query(text(v[0])))&g0.tab=0") },
    "tableLink": GoFunction([.text]) { _, v in .string("/graph?g0.expr=\(GoText.query(text(v[0])))&g0.tab=1") },
    "externalURL": GoFunction { run, _ in .string(run.environment.externalURL) },
    "pathPrefix": GoFunction { run, _ in .string(HostPort.path(ofURL: run.environment.externalURL)) },
    "humanize": GoFunction([.anything]) { _, v throws(GoError) in .string(Humanized.number(try float(v[0]))) },
    "humanize1024": GoFunction([.anything]) { _, v throws(GoError) in .string(Humanized.binary(try float(v[0]))) },
    "humanizeDuration": GoFunction([.anything]) { _, v throws(GoError) in .string(Humanized.duration(try float(v[0]))) },
    "humanizePercentage": GoFunction([.anything]) { _, v throws(GoError) in .string(Humanized.short(try float(v[0]) * 100) + "%") },
    "humanizeTimestamp": GoFunction([.anything]) { _, v throws(GoError) in
      let seconds = try float(v[0])
      return .string(seconds.isFinite ? GoTime.text(try milliseconds(seconds)) : Humanized.short(seconds))
    },
    "toTime": GoFunction([.anything]) { _, v throws(GoError) in
      let seconds = try float(v[0])
      guard seconds.isFinite else { throw GoError("value is NaN or Inf") }
      return .time(try milliseconds(seconds))
    },
    "parseDuration": GoFunction([.text]) { _, v throws(GoError) in
      guard let duration = PromDuration(text(v[0])) else {
        throw GoError(DurationComplaint.about(text(v[0])))
      }
      return .float(duration.seconds)
    },
  ]

  private static func sample(_ value: GoValue) throws(GoError) -> GoSample {
    guard case .sample(let sample) = value else {
      throw GoError("runtime error: invalid memory address or nil pointer dereference")
    }
    return sample
  }

  /// Numbers, and texts that are numbers.
  private static func float(_ value: GoValue) throws(GoError) -> Double {
    switch value {
    case .float(let value): return value
    case .int(let value): return Double(value)
    case .string(let text):
      guard let value = GoText.float(text) else {
        throw GoError("strconv.ParseFloat: parsing \(GoText.quote(text)): invalid syntax")
      }
      if value.isInfinite, text.utf8.contains(where: { (0x30...0x39).contains($0) }) {
        throw GoError("strconv.ParseFloat: parsing \(GoText.quote(text)): value out of range")
      }
      return value
    default: throw GoError("can't convert \(value.typeName) to float")
    }
  }

  private static func milliseconds(_ seconds: Double) throws(GoError) -> Int64 {
    let nanoseconds = seconds * 1e9
    guard nanoseconds.magnitude <= 9.2233720368547758e18 else {
      throw GoError("\(GoFloat.plain(seconds)) cannot be represented as a nanoseconds timestamp since it overflows int64")
    }
    return Int64(clamping: Int(nanoseconds < 9.2e18 ? nanoseconds : 9.2233720368547748e18) / 1_000_000)
  }
}

extension TemplateRun {
  /// The answer to a query as templates see it.
  func samples(of query: String) throws(GoError) -> [GoSample] {
    let answer: [TemplateValue]
    do { answer = try environment.query(query) } catch { throw GoError(error.message) }
    return try answer.map { series throws(GoError) in
      guard case .map(let fields) = series, case .map(let labels)? = fields["Labels"] else {
        throw GoError("the answer to the query has no labels")
      }
      let value: Double = if case .float(let value)? = fields["Value"] { value } else { 0 }
      return GoSample(labels: labels.compactMapValues { if case .string(let text) = $0 { text } else { nil } }, value: value)
    }
  }
}
