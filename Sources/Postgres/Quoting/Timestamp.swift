/// A point of time as microseconds since 1970-01-01 in UTC, which is how a server's clock is read and how TimescaleDB keeps
/// times.
public struct Timestamp: Sendable, Hashable, Comparable {
  public let microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }

  /// `expression`, a timestamptz, in the form that `Row.optionalTimestamp` reads.
  public static func reading(_ expression: SQL) -> SQL {
    "(extract(epoch FROM \(expression)) * 1000000)::bigint"
  }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  public func advanced(by duration: Duration) -> Timestamp {
    let (seconds, attoseconds) = duration.components
    return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
  }

  /// The time that has passed since an earlier point.
  public func since(_ earlier: Timestamp) -> Duration {
    .microseconds(microseconds.subtractingReportingOverflow(earlier.microseconds).partialValue)
  }

  /// As PostgreSQL writes a timestamptz in UTC: `2024-01-03 05:00:00+00`.
  public var text: String { "\(date) \(time)+00" }

  /// RFC 3339: `2024-01-03T05:00:00Z`.
  public var rfc3339: String { "\(date)T\(time)Z" }

  /// `2024-01-03`, in the proleptic Gregorian calendar, the year before 1 being 0.
  public var date: String {
    let civil = civilDate
    let digits = "\(civil.year.magnitude)"
    let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
    return "\(civil.year < 0 ? "-" : "")\(zeros)\(digits)-\(Self.two(civil.month))-\(Self.two(civil.day))"
  }

  /// The day in UTC.
  public var civilDate: CivilDate { CivilDate(days: days) }

  /// `05:00:00`, with a fraction where there is one.
  public var time: String {
    let inDay = microseconds - days * Self.day
    let seconds = inDay / 1_000_000
    let whole = "\(Self.two(seconds / 3600)):\(Self.two(seconds / 60 % 60)):\(Self.two(seconds % 60))"
    guard inDay % 1_000_000 != 0 else { return whole }
    var fraction = "\(1_000_000 + inDay % 1_000_000)".dropFirst()
    while fraction.last == "0" { fraction = fraction.dropLast() }
    return "\(whole).\(fraction)"
  }

  private static let day: Int64 = 86_400_000_000

  /// Whole days since 1970-01-01, rounded down.
  private var days: Int64 {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: Self.day)
    return remainder < 0 ? quotient - 1 : quotient
  }

  private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}

extension Row {
  /// A column that was asked for with `Timestamp.reading`.
  public func optionalTimestamp(_ name: StaticString) throws(PostgresError) -> Timestamp? {
    try optionalInteger(name).map(Timestamp.init(microseconds:))
  }
}
