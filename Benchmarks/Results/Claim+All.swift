extension Claim {
  /// All of them, as far as the report can tell.
  static func all(_ report: Report) -> [Claim] {
    throughput(report) + distance(report) + tiny(report) + client(report)
  }

  private static func throughput(_ report: Report) -> [Claim] {
    let huge = report.results(of: "huge").map { this($0, .copy) }
    return [
      Claim(
        "two indexes, 4 workers: times the pipe's throughput", atLeast: 1.7, speedUp(report, "wide-2-indexes")
      ),
      Claim(
        "four indexes, 4 workers: times the pipe's throughput", atLeast: 2.2,
        speedUp(report, "wide-4-indexes")),
      Claim(
        "one huge chunk: 4 workers' speed by 1 worker's", atLeast: 1.25,
        huge.count == 2 ? ratio(huge[0]?.seconds, huge[1]?.seconds) : nil),
      Claim(
        "verify, as a part of the pipe's copy time", atMost: 0.2,
        report.results(of: "verify").first.flatMap {
          ratio(this($0, .verify)?.seconds, $0.medians(ContestantName.pipe, .copy)?.seconds)
        }),
    ]
  }

  private static func distance(_ report: Report) -> [Claim] {
    let trips = PerChunk.all(in: report).filter { $0.contestant == ContestantName.this }
    let bounds: [(Phase, Double)] = [(.stage, 0.1), (.copy, 5), (.verify, 3)]
    let counted = bounds.map { phase, bound in
      let worst = trips.filter { $0.phase == phase.rawValue }.max { $0.inSeries < $1.inSeries }
      let kind = worst.map { " (most: \($0.kind))" } ?? ""
      return Claim("\(phase): round trips for each chunk\(kind)", atMost: bound, worst?.inSeries)
    }
    let latency = report.results(of: "latency").first
    let rate = latency.flatMap { ratio(Double($0.chunks), this($0, .copy)?.seconds) }
    return counted + [Claim("10 ms round trips, 1 worker: chunks per second", atLeast: 8, rate)]
  }

  private static func tiny(_ report: Report) -> [Claim] {
    let tiny = report.results(of: "tiny-2000").first
    let pipe = report.results(of: "wide-2-indexes").first?.medians(ContestantName.pipe, .copy)
    return [
      Claim(
        "2,000 tiny chunks, 8 workers: time by the pipe's for 8 large ones", atMost: 1,
        ratio(tiny.flatMap { this($0, .copy) }?.seconds, pipe?.seconds)),
      Claim("2,000 tiny chunks: seconds to stage", atMost: 1, tiny.flatMap { this($0, .stage) }?.seconds),
    ]
  }

  private static func client(_ report: Report) -> [Claim] {
    let wide = report.results(of: "wide-2-indexes").first
    let pipe = wide?.medians(ContestantName.pipe, .copy)
    let memory = report.results(of: "memory").map { this($0, .copy).map { Double($0.clientMemory) } }
    let (small, big) = memory.count == 2 ? (memory[0], memory[1]) : (nil, nil)
    return [
      Claim(
        "client CPU by that of the pipe's processes", atMost: 0.75,
        ratio(wide.flatMap { this($0, .copy) }?.clientSeconds, pipe?.clientSeconds)),
      Claim("8 workers: peak memory in MB", atMost: 40, big.map { $0 / 1e6 }),
      Claim("8 workers: peak memory by that for chunks a tenth as big", atMost: 1.1, ratio(big, small)),
    ]
  }

  private static func speedUp(_ report: Report, _ scenario: String) -> Double? {
    report.results(of: scenario).first.flatMap {
      ratio($0.medians(ContestantName.pipe, .copy)?.seconds, this($0, .copy)?.seconds)
    }
  }

  private static func this(_ result: TrialResult, _ phase: Phase) -> Medians? {
    result.medians(ContestantName.this, phase)
  }

  private static func ratio(_ part: Double?, _ whole: Double?) -> Double? {
    guard let part, let whole else { return nil }
    return part / whole
  }
}
