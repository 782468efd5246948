import BackfillCommands
import ChunkCatalog
import Postgres

/// A finished chunk in one line, its facts in the order that scripts look for:
///
///     [3/12] Copied "schema"."name" in 1.23s, 432000 rows, 31.2 MB (25.3 MB/s); "public"."m" 2024-01-01 to 2024-01-02;
///     a remark
enum ChunkLine {
  /// What is left out, one after the other, until the line fits into the terminal.
  private enum Part: CaseIterable {
    case place
    case schema
    case rate
    case rows
    case bytes
    case duration
  }

  /// - Parameter columns: of the terminal, where the line is one of it: then it has only as much as fits.
  static func text(
    _ chunk: FinishedChunk, _ style: Style = Style(isColoured: false), columns: Int? = nil
  ) -> String {
    var omitted: Set<Part> = []
    guard let columns else { return text(chunk, style, without: omitted) }
    let plain = Style(isColoured: false)
    for part in Part.allCases where LiveRegion.width(of: text(chunk, plain, without: omitted)) > columns {
      omitted.insert(part)
    }
    return text(chunk, style, without: omitted)
  }

  private static func text(_ chunk: FinishedChunk, _ style: Style, without omitted: Set<Part>) -> String {
    var facts: [String] = []
    if !omitted.contains(.duration) { facts.append("in \(Quantity.time(chunk.duration))") }
    if chunk.outcome != .skipped, !omitted.contains(.rows) { facts.append(Quantity.count(chunk.rows, "row")) }
    if chunk.bytes > 0, !omitted.contains(.bytes) { facts.append(Quantity.bytes(chunk.bytes)) }
    let rate = omitted.contains(.rate) ? nil : rate(chunk).map { " (\($0))" }
    let name = omitted.contains(.schema) ? SafeText.line(chunk.chunk.name.name) : name(chunk.chunk)
    let head = "\(counter(chunk.number, chunk.total)) \(verb(chunk.outcome, style)) \(name)"
    let place = omitted.contains(.place) ? nil : chunk.place.map { "; \(text($0))" }
    let remarks = chunk.remarks.map { "; \(SafeText.line($0.text))" }.joined()
    return head + (facts.isEmpty ? "" : " " + facts.joined(separator: ", ")) + (rate ?? "") + (place ?? "")
      + remarks
  }

  private static func rate(_ chunk: FinishedChunk) -> String? {
    chunk.bytes > 0
      ? Quantity.rate(bytes: chunk.bytes, in: chunk.duration)
      : Quantity.rate(rows: chunk.rows, in: chunk.duration)
  }

  /// `"public"."readings" 2024-01-01 to 2024-01-02`
  static func text(_ place: ChunkPlace) -> String {
    guard let from = place.from, let to = place.to else { return place.hypertable.shown }
    return "\(place.hypertable.shown) \(from.shown) to \(to.shown)"
  }

  /// `Worker 2: began "schema"."name", part 2 of 5; "public"."m" 2024-01-01 to 2024-01-02; about 31.2 MB`
  static func text(_ chunk: StartedChunk, worker: Int) -> String {
    let part = chunk.part.map { ", part \($0.number) of \($0.count)" } ?? ""
    let place = chunk.place.map { "; \(text($0))" } ?? ""
    let size = chunk.expectedBytes.map { "; about \(Quantity.bytes($0))" } ?? ""
    return "Worker \(worker): began \(name(chunk.chunk))\(part)\(place)\(size)"
  }

  static func text(_ step: RefreshStep) -> String {
    "[\(step.batch)/\(step.batches)] Refreshed \(name(step.view)) up to \(SafeText.line(step.to))"
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
    case .exported: style.green("Exported")
    case .skipped: style.yellow("Skipped")
    case .differs: style.red("Differs")
    }
  }
}
