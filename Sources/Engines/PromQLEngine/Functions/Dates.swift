/// Parts of a moment in UTC, from seconds since 1970.
enum Dates {
  static let functions: [String: @Sendable (Double) -> Double] = [
    "minute": { Double(floorModulo(seconds($0), 3600) / 60) },
    "hour": { Double(floorModulo(seconds($0), 86_400) / 3600) },
    "day_of_week": { Double(floorModulo(days($0) + 4, 7)) },
    "day_of_month": { Double(civil(days($0)).day) },
    "day_of_year": {
      let day = days($0)
      return Double(day - firstDay(of: civil(day).year) + 1)
    },
    "days_in_month": {
      let date = civil(days($0))
      return Double(length(of: date.month, date.year))
    },
    "month": { Double(civil(days($0)).month) },
    "year": { Double(civil(days($0)).year) },
  ]

  /// Whole seconds, toward zero; beyond 64 bits they stop at what the reference's machines give.
  private static func seconds(_ value: Double) -> Int64 {
    value.magnitude < 0x1p62 ? Int64(value) : .min / 2
  }

  private static func days(_ value: Double) -> Int64 {
    let all = seconds(value)
    return (all - floorModulo(all, 86_400)) / 86_400
  }

  private static func floorModulo(_ a: Int64, _ b: Int64) -> Int64 {
    let rest = a % b
    return rest < 0 ? rest + b : rest
  }

  /// The Gregorian date of a day counted from 1970-01-01.
  ///
  /// - Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms": eras of 400 years that begin in March.
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = (shifted - floorModulo(shifted, 146_097)) / 146_097
    let ofEra = shifted - era * 146_097
    let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * year + year / 4 - year / 100)
    let march = (5 * ofYear + 2) / 153
    let month = march < 10 ? march + 3 : march - 9
    return (year + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * march + 2) / 5 + 1)
  }

  private static func firstDay(of year: Int64) -> Int64 {
    let before = year - 1
    func floorDivide(_ a: Int64, _ b: Int64) -> Int64 { (a - floorModulo(a, b)) / b }
    return 365 * (year - 1970) + floorDivide(before, 4) - floorDivide(before, 100) + floorDivide(before, 400) - 477
  }

  private static func length(of month: Int64, _ year: Int64) -> Int64 {
    switch month {
    case 4, 6, 9, 11: 30
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    default: 31
    }
  }
}
