import BackfillCommands
import Postgres

extension RunSummary {
  /// Never says that anything is verified.
  mutating func tell(_ estimates: Estimates, in duration: Duration) {
    results += estimates.hypertables.map { hypertable in
      "\(hypertable.name.shown): about \(Self.rows(hypertable.source)) on the source, "
        + "\(Self.rows(hypertable.target)) on the target, in \(Quantity.count(hypertable.chunks, "chunk"))"
    }
    let far = estimates.farApart.count
    results.append(
      "Compared the statistics of \(Quantity.count(estimates.compared, "chunk")) in "
        + "\(Quantity.time(duration)), \(far) far apart")
    results += Self.meaning(estimates)
    tell(
      .error, estimates.farApart.map(Self.line), "more than twice as many rows on one side than on the other",
      hint: "run '\(Version.program) verify --count' to be sure", code: "estimates-far-apart")
    tell(
      .warning, estimates.apart.map(Self.line), "numbers of rows that are more than a tenth apart",
      hint: "statistics are never exact; '\(Version.program) verify --count' is", code: "estimates-apart")
    tell(
      .warning, estimates.stale.map(Self.line), "stale statistics", hint: "run ANALYZE on these hypertables",
      code: "statistics-stale")
    tell(
      .error, estimates.unknown.map(Self.line), "no statistics, or no chunk, to compare",
      hint: "run ANALYZE on these hypertables, then '\(Version.program) verify --estimate' again",
      code: "statistics-missing")
  }

  private static func meaning(_ estimates: Estimates) -> [String] {
    var lines: [String] = []
    if estimates.noted > 0 {
      lines.append(
        "For \(Quantity.count(estimates.noted, "compressed chunk")), the source's numbers are those noted when they were compressed; "
          + "ANALYZE would tell newer ones")
    }
    if estimates.leftOut > 0 {
      lines.append(
        "Left out: \(Quantity.count(estimates.leftOut, "chunk")) copied in part, or with other bounds, of which "
          + "statistics tell nothing")
    }
    return lines + [
      "These are estimates: they prove nothing, no rows were read, and nothing was marked as verified"
    ]
  }

  private mutating func tell(
    _ kind: Message.Kind, _ lines: [String], _ fact: String, hint: String, code: String
  ) {
    guard !lines.isEmpty else { return }
    let more = lines.count - Self.namesShown
    problems.append(
      Message(
        kind,
        (["\(Quantity.count(lines.count, "chunk")) with \(fact):"] + lines.prefix(Self.namesShown)
          + (more > 0 ? ["... and \(more) more"] : [])).joined(separator: "\n"), hint: hint, code: code))
  }

  private static func line(_ chunk: Estimates.Chunk) -> String {
    "\(chunk.name.shown): about \(rows(chunk.source)) on the source, \(rows(chunk.target)) on the target"
  }

  private static func line(_ place: (name: QualifiedName, sides: [Side])) -> String {
    "\(place.name.shown) on \(place.sides.map { "the \($0.rawValue)" }.joined(separator: " and "))"
  }

  private static func rows(_ number: Double) -> String {
    Quantity.count(number < 9e18 ? Int64(number.rounded()) : Int64.max, "row")
  }
}
