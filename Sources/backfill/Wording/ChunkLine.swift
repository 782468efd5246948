import BackfillCommands
import ChunkCatalog
import Postgres

/// A finished chunk in one line, its facts in the order that scripts look for:
///
///     [3/12] Copied "schema"."name" in 1.23s, 432000 rows, 31.2 MB (25.3 MB/s); "public"."m" 2024-01-01 to 2024-01-02;
///     a remark
enum ChunkLine {
  /// - Parameter columns: of the terminal; where the line is one of it, it has the hypertable and the time only if it
  ///   still fits.
  static func text(
    _ chunk: FinishedChunk, _ style: Style = Style(isColoured: false), columns: Int? = nil
  ) -> String {
    var facts = ["in \(Quantity.time(chunk.duration))"]
    if chunk.outcome != .skipped { facts.append(Quantity.count(chunk.rows, "row")) }
    if chunk.bytes > 0 { facts.append(Quantity.bytes(chunk.bytes)) }
    let rate =
      chunk.bytes > 0
      ? Quantity.rate(bytes: chunk.bytes, in: chunk.duration)
      : Quantity.rate(rows: chunk.rows, in: chunk.duration)
    let head = "\(counter(chunk.number, chunk.total)) \(verb(chunk.outcome, style)) \(name(chunk.chunk)) "
    let line = head + facts.joined(separator: ", ") + (rate.map { " (\($0))" } ?? "")
    let remarks = chunk.remarks.map { "; \(SafeText.line($0.text))" }.joined()
    let place = chunk.place.map { "; \(text($0))" } ?? ""
    let colours = verb(chunk.outcome, style).count - verb(chunk.outcome, Style(isColoured: false)).count
    let fits = columns.map { (line + place + remarks).count - colours <= $0 } ?? true
    return line + (fits ? place : "") + remarks
  }

  /// `"public"."readings" 2024-01-01 to 2024-01-02`
  static func text(_ place: ChunkPlace) -> String {
    guard let from = place.from, let to = place.to else { return place.hypertable.shown }
    return "\(place.hypertable.shown) \(from.shown) to \(to.shown)"
  }

  static func text(_ aggregate: RefreshedAggregate) -> String {
    guard let range = aggregate.range else { return "Up to date: \(name(aggregate.view))" }
    return "Refreshed \(name(aggregate.view)) from \(SafeText.line(range.from)) to "
      + "\(SafeText.line(range.to)) in \(Quantity.time(aggregate.duration))"
  }

  static func message(_ chunk: FailedChunk) -> Message {
    // The name is made safe here, as a line break in it must not become one of the message.
    let head = "\(counter(chunk.number, chunk.total)) Failed \(name(chunk))"
    let words = chunk.failure.words
    var message = Message(.error, "\(head): \(words.text)", hint: words.hint, code: chunk.failure.code)
    message.facts.side = chunk.failure.error?.side.rawValue
    message.facts.object = chunk.chunk.description
    message.facts.sqlState = chunk.failure.error?.sqlState
    message.facts.detail = chunk.failure.error?.detail
    return message
  }

  static func name(_ chunk: QualifiedName) -> String { chunk.shown }

  static func name(_ chunk: FailedChunk) -> String {
    chunk.chunk.shown + (chunk.place.map { " (\(text($0)))" } ?? "")
  }

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
