import Postgres

/// Equal steps of a hypertable's time, such as years or thousands, which begin where people would have them begin. Values
/// are internal ones: microseconds since 1970, or whole numbers.
enum Period: Equatable {
  /// Steps of a length, one of which begins at `origin`.
  case fixed(length: Int64, origin: Int64)
  /// Steps of calendar months, from January of the year 0 on.
  case months(Int64)

  static let second: Int64 = 1_000_000
  static let day: Int64 = 86_400 * second
  /// 1970-01-05 was a Monday.
  static let week = Period.fixed(length: 7 * day, origin: 4 * day)

  static func seconds(_ count: Int64) -> Period { .fixed(length: count * second, origin: 0) }
  static func numbers(_ count: Int64) -> Period { .fixed(length: count, origin: 0) }

  /// From short to long.
  static let ofTime: [Period] =
    [1, 5, 10, 30, 60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400].map(seconds)
    + [week] + [1, 3, 12, 60, 120, 600, 1200, 12_000].map(Period.months)

  static let ofNumbers: [Period] = {
    var periods: [Period] = []
    var power: Int64 = 1
    while power <= 100_000_000_000_000_000 {
      periods += [power, 2 * power, 5 * power].map(numbers)
      power *= 10
    }
    return periods
  }()

  /// Of the longest of the steps.
  var length: Double {
    switch self {
    case .fixed(let length, _): Double(length)
    case .months(let count):
      Double(Self.day) * (count == 1 ? 31 : count == 3 ? 92 : (Double(count) / 12 * 365.25).rounded(.up))
    }
  }

  /// Where the step begins that holds a value; nil beyond what 64 bits hold.
  func start(of value: Int64) -> Int64? {
    switch self {
    case .fixed(let length, let origin):
      let (shifted, overflow) = value.subtractingReportingOverflow(origin)
      guard !overflow else { return nil }
      let rest = shifted % length
      return checked(value.subtractingReportingOverflow(rest < 0 ? rest + length : rest))
    case .months(let count):
      let date = Timestamp(microseconds: value).civilDate
      let months = date.year * 12 + date.month - 1
      let rest = months % count
      return Self.start(ofMonth: months - (rest < 0 ? rest + count : rest))
    }
  }

  /// Where the next step begins after one that begins at `start`.
  func next(after start: Int64) -> Int64? {
    switch self {
    case .fixed(let length, _): return checked(start.addingReportingOverflow(length))
    case .months(let count):
      let date = Timestamp(microseconds: start).civilDate
      return Self.start(ofMonth: date.year * 12 + date.month - 1 + count)
    }
  }

  private static func start(ofMonth month: Int64) -> Int64? {
    let rest = month % 12
    let inYear = rest < 0 ? rest + 12 : rest
    let days = CivilDate(year: (month - inYear) / 12, month: inYear + 1, day: 1).days
    let (value, overflow) = days.multipliedReportingOverflow(by: day)
    return overflow ? nil : value
  }

  private func checked(_ result: (partialValue: Int64, overflow: Bool)) -> Int64? {
    result.overflow ? nil : result.partialValue
  }

  /// What a step that begins at `start` is called.
  ///
  /// - Parameter isTime: else it is a number.
  func label(_ start: Int64, isTime: Bool) -> String {
    guard isTime else { return Quantity.grouped(start) }
    let time = Timestamp(microseconds: start)
    switch self {
    case .months(let count) where count % 12 == 0: return String(time.date.dropLast(6))
    case .months: return String(time.date.dropLast(3))
    case .fixed(let length, _):
      if length >= Self.day { return time.date }
      let clock = length >= 60 * Self.second ? String(time.time.prefix(5)) : time.time
      return "\(time.date) \(clock)"
    }
  }
}
