import Postgres
import TimescaleDB

/// `--from` and `--until` as each time dimension's type reads them.
struct TimeBounds {
  private let ranges: [TimeType: Dimension.Range]
  /// What a person should know of how the values are read.
  private(set) var notes: [String] = []
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
    try Self.refuseNonsense(until, option: "--until", on: source)
    if let from { try Self.refuseNonsense(from, option: "--from", on: source) }
    var ranges: [TimeType: Dimension.Range] = [:]
    var offending: [String] = []
    for hypertable in hypertables {
      guard let type = hypertable.timeDimension?.timeType else {
        let found = hypertable.timeDimension.map { "\($0.column) of type \($0.type)" } ?? "none"
        offending.append("\(hypertable.knownName) (time dimension: \(found))")
        continue
      }
      guard ranges[type] == nil else { continue }
      let upper = try Self.read(until, as: type, on: source)
      let lower = try from.map { value throws(CommandFailure) in try Self.read(value, as: type, on: source) }
      if let upper, from == nil || lower ?? nil != nil {
        let lower = lower ?? nil
        guard lower?.value ?? .min < upper.value else {
          throw .usage("--from is not before --until", advice: Self.sameValues(lower, upper, type))
        }
        ranges[type] = Dimension.Range(lower: lower?.value ?? .min, upper: upper.value)
        endsInFuture = endsInFuture || upper.isInFuture
        notes += Self.notes(from.map { ("--from \($0)", lower) }, ("--until \(until)", upper), type)
      } else {
        let same = hypertables.filter { $0.timeDimension?.timeType == type }
        offending += same.filter { table in !offending.contains { $0.hasPrefix("\(table.knownName) ") } }.map
        {
          "\($0.knownName) (time dimension of type \(type.rawValue))"
        }
      }
    }
    guard offending.isEmpty else {
      let values = (from.map { "--from \($0) and " } ?? "") + "--until \(until)"
      throw .failed(
        "\(values) can't be compared with the time of \(offending.joined(separator: ", "))",
        advice: "use --filter to stage hypertables of different time types one after the other")
    }
    self.ranges = ranges
  }

  /// The same, with what is beyond a continuous aggregate's watermark left out: the source has nothing there, and the
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
    _ text: String, option: String, on source: borrowing Connection
  ) throws(CommandFailure) {
    let readings: [TimeType] = [.timestamptz, .timestamp, .date, .bigint]
    for type in readings where try read(text, as: type, on: source) != nil { return }
    throw .usage(
      "\(option): \"\(text)\" is neither a time nor an integer",
      advice: "write it as 2024-01-31T12:00:00Z, 2024-01-31 or 1700000000")
  }

  /// A text as a type of time reads it.
  private struct Reading {
    let value: Int64
    /// As the type writes it.
    let text: String
    let isInFuture: Bool
  }

  /// Of times with a zone the text says all; other types drop a part of it, or convert it.
  private static func notes(
    _ from: (option: String, reading: Reading?)?, _ until: (option: String, reading: Reading?),
    _ type: TimeType
  ) -> [String] {
    guard type != .timestamptz else { return [] }
    return [from, until].compactMap { given in
      guard let given, let reading = given.reading else { return nil }
      return "\(given.option) is read as \(reading.text) for time dimensions of type \(type.rawValue)"
    }
  }

  /// Where times of one day leave nothing between them.
  private static func sameValues(_ lower: Reading?, _ upper: Reading, _ type: TimeType) -> String? {
    guard let lower, lower.value == upper.value, type != .timestamptz else { return nil }
    return "both are read as \(upper.text) for time dimensions of type \(type.rawValue)"
  }

  /// nil when the server can't read the text as the type.
  private static func read(
    _ text: String, as type: TimeType, on source: borrowing Connection
  ) throws(CommandFailure) -> Reading? {
    let isInFuture: SQL = type.isInteger ? "false" : "\(text)::timestamptz > now()"
    do throws(PostgresError) {
      return try source.query(
        """
        SELECT value, \(type.text(ofInternalValue: "value")), \(isInFuture)
        FROM (SELECT \(type.internalValue(of: text)) AS value) AS reading
        """, doing: "reading a time"
      ) { row throws(PostgresError) in
        Reading(value: try row.integer(0), text: try row.text(1), isInFuture: try row.flag(2))
      }.first
    } catch {
      // Class 22, data exception, is the text's fault.
      guard error.sqlState?.hasPrefix("22") == true else { throw CommandFailure(error) }
      return nil
    }
  }
}
