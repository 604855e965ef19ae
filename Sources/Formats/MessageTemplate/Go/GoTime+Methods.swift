/// The methods of `time.Time` that templates can call on what `toTime` yields; others are refused as fields that do not exist.
extension GoTime {
  struct Method: Sendable {
    var parameters: [GoFunction.Parameter] = []
    var body: @Sendable (_ milliseconds: Int64, _ arguments: [GoValue]) -> GoValue
  }

  static let methods: [String: Method] = [
    "Unix": number { Int($0 >= 0 ? $0 / 1000 : ($0 - 999) / 1000) },
    "UnixMilli": number { Int($0) },
    "UnixMicro": number { Int($0 * 1000) },
    "UnixNano": number { Int($0 * 1_000_000) },
    "Year": number { Int(Parts($0).year) },
    "Month": text { months[Int(Parts($0).month) - 1] },
    "Day": number { Int(Parts($0).day) },
    "Hour": number { Int(Parts($0).hour) },
    "Minute": number { Int(Parts($0).minute) },
    "Second": number { Int(Parts($0).second) },
    "Nanosecond": number { Int(Parts($0).millisecond * 1_000_000) },
    "Weekday": text { weekdays[Parts($0).weekday] },
    "YearDay": number { Int(Parts($0).yearDay) },
    "String": text(GoTime.text),
    "UTC": Method { milliseconds, _ in .time(milliseconds) },
    "Format": Method(parameters: [.text]) { milliseconds, arguments in .string(format(milliseconds, GoFunction.text(arguments[0])))
    },
  ]

  private static func number(_ read: @escaping @Sendable (Int64) -> Int) -> Method {
    Method { milliseconds, _ in .int(read(milliseconds)) }
  }

  private static func text(_ read: @escaping @Sendable (Int64) -> String) -> Method {
    Method { milliseconds, _ in .string(read(milliseconds)) }
  }
}
