import BackfillCommands

extension RunSummary {
  /// What stops first; each finding with what to do, and what mends it.
  mutating func tell(_ result: CheckResult) {
    for level in CheckedFinding.Level.allCases {
      let findings = result.findings(level)
      guard !findings.isEmpty else { continue }
      results.append(level.heading)
      results += findings.flatMap { Self.lines(of: $0.finding.words) }
      results.append("")
    }
    if let measurement = result.measurement { results += measurement.lines + [""] }
    results.append(
      "Checked: \(CheckedFinding.Level.allCases.map { $0.count(in: result) }.joined(separator: ", "))")
    results.append(Self.next(result.next))
  }

  private static func lines(of words: Words) -> [String] {
    // A hint to run something is the statement once more.
    let hint = words.mend != nil && words.hint?.hasPrefix("run ") == true ? nil : words.hint
    let remedies = [hint.map { "hint: \($0)" }, words.mend.map { "mend: \($0)" }].compactMap { $0 }
    return ["  \(SafeText.message(words.text, indent: "    "))"] + remedies.map { "    \(SafeText.line($0))" }
  }
}

extension Measurement {
  fileprivate var lines: [String] {
    let way = [("source", sourceRoundTrip), ("target", targetRoundTrip)].map { side, time in
      "\(Quantity.fixed(time / .milliseconds(1), decimals: 2)) ms to the \(side)"
    }
    var lines = ["Measured:", "  Round trip: \(way.joined(separator: ", "))"]
    if !reading.isEmpty { lines.append("  Reading from the source: \(Self.shown(reading))") }
    lines.append(
      writing.map { "  Writing to a temporary table on the target: \(Self.shown($0))" }
        ?? "  Writing: not measured, as the role may not create temporary tables on the target")
    if let best, let duration {
      lines.append(
        "  With --parallelism \(best.sessions), copying \(Quantity.bytes(bytes)) takes about "
          + "\(Quantity.roughTime(duration)), and more if there are indexes to build")
    }
    return lines
  }

  private static func shown(_ rates: [Rate]) -> String {
    rates.map { rate in
      "\(Quantity.bytes(Int64(rate.bytesPerSecond)))/s with \(Quantity.count(rate.sessions, "session"))"
    }.joined(separator: ", ")
  }
}

extension CheckedFinding.Level {
  fileprivate var heading: String {
    switch self {
    case .stop: "What stops the migration:"
    case .warning: "Warnings:"
    case .note: "Notes:"
    }
  }

  fileprivate func count(in result: CheckResult) -> String {
    Quantity.count(result.findings(self).count, rawValue)
  }
}
