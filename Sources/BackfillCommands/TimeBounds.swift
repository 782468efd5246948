import Postgres
import TimescaleDB

/// `--from` and `--until` as each time dimension's type reads them.
struct TimeBounds {
  private let ranges: [TimeType: Dimension.Range]
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
      if let upper, let lower = lower ?? .some(.min) {
        guard lower < upper else {
          throw .usage("--from is not before --until", advice: nil)
        }
        ranges[type] = Dimension.Range(lower: lower, upper: upper)
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

  /// nil when the server can't read the text as the type.
  private static func read(
    _ text: String, as type: TimeType, on source: borrowing Connection
  ) throws(CommandFailure) -> Int64? {
    do throws(PostgresError) {
      return try source.query("SELECT \(type.internalValue(of: text))", doing: "reading a time") {
        row throws(PostgresError) in try row.integer(0)
      }.first
    } catch {
      // Class 22, data exception, is the text's fault.
      guard error.sqlState?.hasPrefix("22") == true else { throw CommandFailure(error) }
      return nil
    }
  }
}
