import BackfillCommands

extension RunSummary {
  /// What stops first; each finding with what mends it, or else with what to do.
  mutating func tell(_ result: CheckResult) {
    for level in CheckedFinding.Level.allCases {
      let findings = result.findings(level)
      guard !findings.isEmpty else { continue }
      results.append(level.heading)
      results += findings.flatMap { Self.lines(of: $0.finding.words) }
      results.append("")
    }
    results.append(
      "Checked: \(CheckedFinding.Level.allCases.map { $0.count(in: result) }.joined(separator: ", "))")
    results.append(Self.next(result.next))
  }

  private static func lines(of words: Words) -> [String] {
    let remedy =
      words.mend.map { "mend: \(SafeText.line($0))" } ?? words.hint.map { "hint: \(SafeText.line($0))" }
    return ["  \(SafeText.message(words.text, indent: "    "))"] + (remedy.map { ["    \($0)"] } ?? [])
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
