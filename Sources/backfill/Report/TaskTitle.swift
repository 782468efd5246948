import BackfillCommands
import ChunkCatalog
import Postgres

/// What a task's shape says of it.
enum TaskTitle {
  static func text(_ task: ReportedTask) -> String {
    let facts = task.facts
    var lines = [name(task)]
    if let range = range(task.place) { lines.append(range) }
    var words = [facts.state.word]
    if let rows = facts.rows { words.append(Quantity.grouped(rows, "row")) }
    if let bytes = facts.bytes { words.append(Quantity.bytes(bytes)) }
    if facts.copied == nil, let bytes = facts.expectedBytes { words.append("about \(Quantity.bytes(bytes))") }
    let duration = task.copyDuration.map { " in \(Quantity.time($0))" } ?? ""
    lines.append(words.joined(separator: ", ") + duration)
    if let message = facts.error ?? (facts.state == .differing ? facts.verifyMessage : nil) {
      lines.append(SafeText.line(String(message.prefix(300))))
    }
    return lines.joined(separator: "\n")
  }

  /// Almost all chunks are in one schema, which tells nothing.
  static func name(_ task: ReportedTask) -> String {
    let chunk = task.facts.chunk
    let name =
      chunk.schema.name == "_timescaledb_internal" ? SafeText.line(chunk.name.name) : chunk.shown
    return name
      + (task.facts.part.map { ", part \($0.number)" + ($0.count.map { " of \($0)" } ?? "") } ?? "")
  }

  /// `2024-01-03 to 2024-01-04`, `2024-01-03 05:00 to 06:00`, `0 to 10000`
  static func range(_ place: TaskPlace) -> String? {
    guard let from = place.place.from, let to = place.place.to else { return nil }
    guard let lower = from.clock, let upper = to.clock else { return "\(from.shown) to \(to.shown)" }
    let end = lower.date == upper.date ? clock(upper) : brief(upper)
    return "\(brief(lower)) to \(end)"
  }

  private static func brief(_ time: Timestamp) -> String {
    time.time == "00:00:00" ? time.date : "\(time.date) \(clock(time))"
  }

  /// Without seconds where there are none.
  private static func clock(_ time: Timestamp) -> String {
    time.time.hasSuffix(":00") ? String(time.time.dropLast(3)) : time.time
  }
}

extension TimePoint {
  /// The time that has hours, in whichever zone.
  fileprivate var clock: Timestamp? {
    switch self {
    case .time(let time), .localTime(let time): time
    case .date, .number, .beginning, .end: nil
    }
  }
}
