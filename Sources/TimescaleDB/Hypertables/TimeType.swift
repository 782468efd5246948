public import Postgres

/// The type of a time dimension, and how a point of it is written in SQL.
///
/// TimescaleDB keeps the bounds of slices as 64-bit integers: the number itself for integers, microseconds since
/// 1970-01-01 for everything else (UUIDv7 too, of which only the milliseconds count: src/utils.c).
public enum TimeType: String, Sendable, CaseIterable {
  case timestamptz = "timestamp with time zone"
  case timestamp = "timestamp without time zone"
  case date = "date"
  case bigint = "bigint"
  case integer = "integer"
  case smallint = "smallint"
  case uuid = "uuid"

  public var isInteger: Bool {
    switch self {
    case .bigint, .integer, .smallint: true
    case .timestamptz, .timestamp, .date, .uuid: false
    }
  }

  /// The internal value of what a person wrote as a bound of a window, computed by the server, as `SELECT`s single
  /// column. An offset is converted to UTC, as which a text without one is read (the session's time zone). Of a type that
  /// holds no time of day the first value that isn't before the text: a day belongs to a window if its midnight does.
  public func internalValue(of text: String) -> SQL {
    switch self {
    case .timestamptz, .uuid: "_timescaledb_functions.time_to_internal(\(text)::timestamptz)"
    case .timestamp: "_timescaledb_functions.time_to_internal(\(text)::timestamptz AT TIME ZONE 'UTC')"
    case .date:
      """
      _timescaledb_functions.time_to_internal(
        ((\(text)::timestamptz AT TIME ZONE 'UTC') - interval '1 microsecond')::date + 1)
      """
    case .bigint: "\(text)::bigint"
    case .integer: "\(text)::integer::bigint"
    case .smallint: "\(text)::smallint::bigint"
    }
  }

  /// An internal value as text, for people: of UUIDs their time. As `SELECT`s single column.
  public func text(ofInternalValue value: SQL) -> SQL {
    switch self {
    case .timestamptz, .uuid: "_timescaledb_functions.to_timestamp(\(value))::text"
    case .timestamp: "_timescaledb_functions.to_timestamp_without_timezone(\(value))::text"
    case .date: "_timescaledb_functions.to_date(\(value))::text"
    case .bigint, .integer, .smallint: "(\(value))::text"
    }
  }

  /// An internal value as people read it, without asking a server; a day alone for its midnight.
  public func text(of value: Int64) -> String {
    let time = Timestamp(microseconds: value)
    switch self {
    case .bigint, .integer, .smallint: return "\(value)"
    case .date: return time.date
    case .timestamptz, .timestamp, .uuid:
      guard value % TimeType.date.step != 0 else { return time.date }
      return self == .timestamp ? "\(time.date) \(time.time)" : time.text
    }
  }

  /// The internal value of an expression of this type; no UUIDs.
  public func internalValue(ofExpression expression: SQL) -> SQL {
    isInteger || self == .uuid
      ? "\(expression)::bigint" : "_timescaledb_functions.time_to_internal(\(expression))"
  }

  /// What an internal value stands for, as a value of this type; no UUIDs.
  public func value(ofInternalValue value: SQL) -> SQL {
    switch self {
    case .timestamptz, .uuid: "_timescaledb_functions.to_timestamp(\(value))"
    case .timestamp: "_timescaledb_functions.to_timestamp_without_timezone(\(value))"
    case .date: "_timescaledb_functions.to_date(\(value))"
    case .bigint, .integer, .smallint: "(\(value))"
    }
  }

  /// From an internal value to the next one that is another value of the type.
  public var step: Int64 {
    switch self {
    case .timestamptz, .timestamp, .bigint, .integer, .smallint: 1
    case .date: 86_400_000_000
    case .uuid: 1000
    }
  }

  /// A constant of this type for an internal value. Independent of time zone and date style.
  public func constant(_ value: Int64) -> SQL {
    switch self {
    case .timestamptz: "_timescaledb_functions.to_timestamp(\(value)::bigint)"
    case .timestamp: "_timescaledb_functions.to_timestamp_without_timezone(\(value)::bigint)"
    case .date: "_timescaledb_functions.to_date(\(value)::bigint)"
    case .bigint: "\(value)::bigint"
    case .integer: "\(Int32(clamping: value))::integer"
    case .smallint: "\(Int16(clamping: value))::smallint"
    case .uuid: "\(Self.uuidBoundary(value))::uuid"
    }
  }

  /// Whether every value of the type is on the same side of this bound, so that it bounds nothing.
  func isBeyondRange(_ value: Int64) -> Bool {
    switch self {
    case .timestamptz, .timestamp, .date, .bigint: value == .min || value == .max
    case .integer: Int32(exactly: value) == nil
    case .smallint: Int16(exactly: value) == nil
    case .uuid: value <= 0 || value == .max
    }
  }

  /// The least UUIDv7 whose time isn't before `microseconds`: its first 48 bits are the milliseconds, rounded up as
  /// the microseconds of a UUIDv7 don't count. The version and variant bits have to be there: TimescaleDB's planner reads
  /// the time out of constants that a hypertable's dimension is compared with, and takes no other version.
  static func uuidBoundary(_ microseconds: Int64) -> String {
    let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
    let milliseconds = UInt64(clamping: quotient + (remainder > 0 ? 1 : 0))
    let digits = String(min(milliseconds, 0xffff_ffff_ffff), radix: 16)
    let padded = String(repeating: "0", count: 12 - digits.count) + digits
    return "\(padded.prefix(8))-\(padded.suffix(4))-7000-8000-000000000000"
  }
}
