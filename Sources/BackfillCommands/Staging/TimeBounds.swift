import Postgres
import TimescaleDB

/// `--from` and `--until` as each time dimension's type reads them.
struct TimeBounds {
  private let ranges: [TimeType: Dimension.Range]
  /// What a person should know of how the values are read.
  private(set) var notes: [TimeFinding] = []
  /// The completion point hasn't come yet.
  private(set) var endsInFuture = false
  /// Up to where the source's continuous aggregates are materialised, by their materialised hypertables' ids.
  private var watermarks: [Int64: Int64] = [:]

  /// Lets the source read the values, once for each type among the hypertables' time dimensions.
  ///
  /// - Throws: `CommandFailure`, naming the hypertables for which a value makes no sense.
  init(
    from: String?, until: String, hypertables: [Hypertable], on source: borrowing Connection
  ) throws(CommandFailure) {
    try Self.refuseNonsense(until, option: .until, on: source)
    if let from { try Self.refuseNonsense(from, option: .from, on: source) }
    var ranges: [TimeType: Dimension.Range] = [:]
    var unreadable: Set<TimeType> = []
    var incomparable: [IncomparableTime] = []
    for hypertable in hypertables {
      guard let type = hypertable.timeDimension?.timeType else {
        incomparable.append(IncomparableTime(hypertable, hypertable.timeDimension))
        continue
      }
      if ranges[type] == nil, !unreadable.contains(type) {
        if let window = try Window(from: from, until: until, as: type, on: source) {
          ranges[type] = window.range
          endsInFuture = endsInFuture || window.upper.isInFuture
          notes += window.notes
        } else {
          unreadable.insert(type)
        }
      }
      if unreadable.contains(type) {
        incomparable.append(IncomparableTime(hypertable: hypertable.knownName, time: .type(type.rawValue)))
      }
    }
    guard incomparable.isEmpty else {
      throw .failed(.time(.incomparable(from: from, until: until, incomparable)))
    }
    self.ranges = ranges
  }

  /// These bounds, without what is beyond a continuous aggregate's watermark: the source has nothing there, and the
  /// target may be further already, from what was written to both.
  func clipped(to watermarks: [Watermark]) -> TimeBounds {
    var clipped = self
    for watermark in watermarks { clipped.watermarks[watermark.materializedID] = watermark.value }
    return clipped
  }

  /// nil where nothing is to be copied.
  func range(for hypertable: Hypertable) -> Dimension.Range? {
    guard var range = hypertable.timeDimension?.timeType.flatMap({ ranges[$0] }) else { return nil }
    if let watermark = watermarks[hypertable.id] { range.upper = min(range.upper, watermark) }
    return range.lower < range.upper ? range : nil
  }

  /// A text that is neither a time nor an integer is nonsense whatever hypertables there are.
  private static func refuseNonsense(
    _ text: String, option: WindowOption, on source: borrowing Connection
  ) throws(CommandFailure) {
    let readings: [TimeType] = [.timestamptz, .timestamp, .date, .bigint]
    for type in readings where try Reading(text, as: type, on: source) != nil { return }
    throw .usage(.time(.unreadable(option, text)))
  }
}

extension IncomparableTime {
  fileprivate init(_ hypertable: Hypertable, _ dimension: Dimension?) {
    self.init(
      hypertable: hypertable.knownName,
      time: dimension.map { .column($0.column, type: "\($0.type)") } ?? .none)
  }
}

/// `--from` and `--until` as one type of time reads them.
private struct Window {
  let lower: Reading?
  let upper: Reading
  let notes: [TimeFinding]

  var range: Dimension.Range { Dimension.Range(lower: lower?.value ?? .min, upper: upper.value) }

  /// nil where the type can't read one of them.
  ///
  /// - Throws: `CommandFailure.usage` where nothing is between them.
  init?(
    from: String?, until: String, as type: TimeType, on source: borrowing Connection
  ) throws(CommandFailure) {
    guard let upper = try Reading(until, as: type, on: source) else { return nil }
    var lower: Reading?
    if let from {
      guard let reading = try Reading(from, as: type, on: source) else { return nil }
      lower = reading
    }
    self.lower = lower
    self.upper = upper
    notes = Self.notes(from: from, lower, until: until, upper, type)
    guard range.lower < range.upper else {
      // Times of one day leave nothing between them, in a type that drops the time of day.
      let isSame = lower?.value == upper.value && type != .timestamptz
      throw .usage(.time(.reversed(same: isSame ? upper.told(type) : nil)))
    }
  }

  /// Of times with a zone the text says all; other types drop a part of it, or convert it.
  private static func notes(
    from: String?, _ lower: Reading?, until: String, _ upper: Reading, _ type: TimeType
  ) -> [TimeFinding] {
    guard type != .timestamptz else { return [] }
    let first = from.flatMap { text in lower.map { TimeFinding.read(.from, text, $0.told(type)) } }
    return [first, .read(.until, until, upper.told(type))].compactMap { $0 }
  }
}

/// A text as a type of time reads it.
private struct Reading {
  let value: Int64
  /// As the type writes it.
  let text: String
  let isInFuture: Bool

  func told(_ type: TimeType) -> TimeReading { TimeReading(text: text, type: type.rawValue) }

  private init(value: Int64, text: String, isInFuture: Bool) {
    self.value = value
    self.text = text
    self.isInFuture = isInFuture
  }

  /// nil when the server can't read the text as the type.
  init?(_ text: String, as type: TimeType, on source: borrowing Connection) throws(CommandFailure) {
    let isInFuture: SQL = type.isInteger ? "false" : "\(text)::timestamptz > now()"
    do throws(PostgresError) {
      let readings = try source.query(
        """
        SELECT value, \(type.text(ofInternalValue: "value")) AS text, \(isInFuture) AS is_in_future
        FROM (SELECT \(type.internalValue(of: text)) AS value) AS reading
        """, doing: "reading a time"
      ) { row throws(PostgresError) in
        Reading(
          value: try row.integer("value"), text: try row.text("text"),
          isInFuture: try row.flag("is_in_future"))
      }
      guard let reading = readings.first else { return nil }
      self = reading
    } catch {
      // Class 22, data exception, is the text's fault.
      guard error.sqlState?.hasPrefix("22") == true else { throw CommandFailure(error) }
      return nil
    }
  }
}
