import Postgres
import TimescaleDB

/// `--from` and `--until` as each time dimension's type reads them.
struct TimeBounds {
  /// By the hypertables' ids.
  private let ranges: [Int64: Dimension.Range]
  /// What a person should know of how the values are read.
  private(set) var notes: [TimeFinding] = []
  /// Completion points that haven't come yet.
  private(set) var inFuture: [String] = []
  /// Hypertables that the general completion point can't be compared with, where others can: they have no bounds.
  private(set) var leftOut: [IncomparableTime] = []
  /// Up to where the source's continuous aggregates are materialised, by their materialised hypertables' ids.
  private var watermarks: [Int64: Int64] = [:]

  /// What is read once for all hypertables that it concerns.
  private struct Question: Hashable {
    let until: String
    let type: TimeType
  }

  /// Lets the source read the values, once for each type among the hypertables' time dimensions.
  ///
  /// - Throws: `CommandFailure`, naming the hypertables for which a value makes no sense: all of them, or those that it was
  ///   meant for.
  init(
    from: String?, until: CompletionPoint, hypertables: [Hypertable], on source: borrowing Connection
  ) throws(CommandFailure) {
    for text in until.texts { try Self.refuseNonsense(text, option: .until, on: source) }
    if let from { try Self.refuseNonsense(from, option: .from, on: source) }
    let assignment = until.assigned(to: hypertables)
    guard assignment.unknown.isEmpty else { throw .usage(.time(.unknownRelations(assignment.unknown))) }
    var windows: [Question: Window?] = [:]
    var ranges: [Int64: Dimension.Range] = [:]
    for hypertable in hypertables {
      let own = assignment.exceptions[hypertable.id]
      let text = own ?? until.general
      guard let type = hypertable.timeDimension?.timeType else {
        leftOut.append(IncomparableTime(hypertable, hypertable.timeDimension))
        continue
      }
      let question = Question(until: text, type: type)
      if windows[question] == nil {
        let window = try Window(from: from, until: text, as: type, on: source)
        windows.updateValue(window, forKey: question)
        if window?.upper.isInFuture == true, !inFuture.contains(text) { inFuture.append(text) }
        for note in window?.notes ?? [] where !notes.contains(note) { notes.append(note) }
      }
      if let window = windows[question] ?? nil {
        ranges[hypertable.id] = window.range
      } else {
        let time = IncomparableTime(hypertable: hypertable.knownName, time: .type(type.rawValue))
        guard own == nil else { throw .failed(.time(.incomparable(from: from, until: text, [time]))) }
        leftOut.append(time)
      }
    }
    guard !ranges.isEmpty || leftOut.isEmpty else {
      throw .failed(.time(.incomparable(from: from, until: until.general, leftOut)))
    }
    self.ranges = ranges
  }

  /// All of time, for each.
  init(ofAllTime hypertables: [Hypertable]) {
    ranges = Dictionary(
      hypertables.map { ($0.id, Dimension.Range(lower: .min, upper: .max)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Whether the hypertable has a window at all, be it an empty one.
  func apply(to hypertable: Hypertable) -> Bool { ranges[hypertable.id] != nil }

  /// These bounds, without what is beyond a continuous aggregate's watermark: the source has nothing there, and the
  /// target may be further already, from what was written to both.
  func clipped(to watermarks: [Watermark]) -> TimeBounds {
    var clipped = self
    for watermark in watermarks { clipped.watermarks[watermark.materializedID] = watermark.value }
    return clipped
  }

  /// nil where nothing is to be copied.
  func range(for hypertable: Hypertable) -> Dimension.Range? {
    guard var range = ranges[hypertable.id] else { return nil }
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
struct Reading {
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
