import BackfillCommands
import Postgres

/// A finished chunk in one line, its facts in the order that scripts look for:
///
///     [3/12] Copied "schema"."name" in 1.23s, 432000 rows, 31.2 MB (25.3 MB/s); a remark
enum ChunkLine {
  static func text(_ chunk: FinishedChunk, _ style: Style = Style(isColoured: false)) -> String {
    var facts = ["in \(Quantity.time(chunk.duration))"]
    if chunk.outcome != .skipped { facts.append(Quantity.count(chunk.rows, "row")) }
    if chunk.bytes > 0 { facts.append(Quantity.bytes(chunk.bytes)) }
    let rate =
      chunk.bytes > 0
      ? Quantity.rate(bytes: chunk.bytes, in: chunk.duration)
      : Quantity.rate(rows: chunk.rows, in: chunk.duration)
    let head = "\(counter(chunk.number, chunk.total)) \(verb(chunk.outcome, style)) \(name(chunk.chunk)) "
    let tail = ([""] + chunk.remarks.map(SafeText.line)).joined(separator: "; ")
    return head + facts.joined(separator: ", ") + (rate.map { " (\($0))" } ?? "") + tail
  }

  static func text(_ aggregate: RefreshedAggregate) -> String {
    guard let range = aggregate.range else { return "Up to date: \(name(aggregate.view))" }
    return "Refreshed \(name(aggregate.view)) from \(SafeText.line(range.from)) to "
      + "\(SafeText.line(range.to)) in \(Quantity.time(aggregate.duration))"
  }

  static func message(_ chunk: FailedChunk) -> Message {
    // The name is made safe here, as a line break in it must not become one of the message.
    let head = "\(counter(chunk.number, chunk.total)) Failed \(name(chunk.chunk))"
    return Message(.error, "\(head): \(chunk.reason)", hint: chunk.advice ?? chunk.error?.advice)
  }

  static func name(_ chunk: QualifiedName) -> String { chunk.shown }

  static func counter(_ number: Int, _ total: Int) -> String { "[\(number)/\(total)]" }

  private static func verb(_ outcome: FinishedChunk.Outcome, _ style: Style) -> String {
    switch outcome {
    case .copied: style.green("Copied")
    case .verified: style.green("Verified")
    case .counted: style.green("Counted")
    case .skipped: style.yellow("Skipped")
    case .differs: style.red("Differs")
    }
  }
}
