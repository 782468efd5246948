/// What one more chunk costs in round trips: the difference between a run over many chunks and one over
/// few, which connecting and all else that is done once per run has no part in.
struct PerChunk: Codable, Sendable {
  let contestant: String
  let kind: String
  let phase: String
  /// Per chunk.
  let inSeries: Double
  let turnarounds: Double
  let statements: Double
  /// What is left for the run itself, in series.
  let once: Double

  /// From all pairs of counted trials of one kind.
  static func all(in report: Report) -> [PerChunk] {
    let counted = report.results(of: "round-trips")
    return counted.flatMap { many in
      counted.filter { $0.kind == many.kind && $0.chunks < many.chunks }.flatMap { few in
        many.contestants.flatMap { contestant in
          Phase.allCases.compactMap { PerChunk(contestant.name, $0, few: few, many: many) }
        }
      }
    }
  }

  private init?(_ contestant: String, _ phase: Phase, few: TrialResult, many: TrialResult) {
    guard let least = few.medians(contestant, phase)?.trips, let most = many.medians(contestant, phase)?.trips
    else { return nil }
    let chunks = Double(many.chunks - few.chunks)
    self.contestant = contestant
    kind = many.kind
    self.phase = phase.rawValue
    inSeries = Double(most.inSeries - least.inSeries) / chunks
    turnarounds = Double(most.turnarounds - least.turnarounds) / chunks
    statements = Double(most.statements - least.statements) / chunks
    once = Double(least.inSeries) - inSeries * Double(few.chunks)
  }

  static func table(_ all: [PerChunk]) -> Table {
    Table(
      title: "Round trips for each chunk, counted",
      header: [
        "contestant", "chunks", "phase", "in series", "turnarounds", "statements", "in series, once a run",
      ],
      rows: all.map {
        [$0.contestant, $0.kind, $0.phase]
          + [$0.inSeries, $0.turnarounds, $0.statements, $0.once].map(Figure.short)
      })
  }
}
