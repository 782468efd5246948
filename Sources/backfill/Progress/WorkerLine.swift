import BackfillCommands
import Postgres

/// What one worker does, in one line: what changes stands in front, so that a long name can't push it out of a narrow
/// window.
///
///       copying 43 %              12s  _hyper_1_5_chunk  part 2 of 5  public.readings 2024-01-01 to 2024-01-02
struct WorkerLine {
  var phase: String
  /// Since the worker began the chunk.
  var time: Duration?
  /// nil where it has none.
  var chunk: StartedChunk?

  /// In narrow windows the time gives way to the chunk.
  private static let narrow = 60

  func text(columns: Int) -> String {
    let isNarrow = columns < Self.narrow
    var line = "  " + Self.padded(phase, isNarrow ? 14 : 22)
    if !isNarrow, let time { line += " " + Self.right(Quantity.roughTime(time), 7) }
    if let chunk {
      line += "  " + SafeText.line(chunk.chunk.name.name)
      if let part = chunk.part { line += "  part \(part.number) of \(part.count)" }
      if let place = chunk.place { line += "  " + Self.text(place) }
    }
    return LiveRegion.fitted(line, columns: columns)
  }

  /// `public.readings 2024-01-01 to 2024-01-02`: midnight goes without saying.
  private static func text(_ place: ChunkPlace) -> String {
    let name = SafeText.line("\(place.hypertable.schema.name).\(place.hypertable.name.name)")
    guard let from = place.from, let to = place.to else { return name }
    let ends = [from.shown, to.shown]
    let midnight = " 00:00:00+00"
    let short =
      ends.allSatisfy { $0.hasSuffix(midnight) }
      ? ends.map { $0.dropLast(midnight.count) } : ends.map { $0[...] }
    return "\(name) \(short[0]) to \(short[1])"
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  private static func right(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
