/// One thing to check: the facts that it takes, and what follows from them. Facts are asked where an item is made, in a
/// number of questions that doesn't grow with the tables; what follows is found without a database.
protocol ChecklistItem {
  var findings: [CheckedFinding] { get }
}

/// What has to be right before anything is copied. `check` tells all of it, `stage` refuses on what stops.
struct Checklist {
  private(set) var findings: [CheckedFinding] = []

  init(_ items: [any ChecklistItem] = []) {
    for item in items { findings += item.findings }
  }

  mutating func add(_ other: Checklist) { findings += other.findings }

  mutating func add(_ item: some ChecklistItem) { findings += item.findings }

  /// - Throws: `CommandFailure` with everything that stops.
  func refuse() throws(CommandFailure) {
    let stops = findings.filter { $0.level == .stop }.map(\.finding)
    guard let first = stops.first else { return }
    throw stops.count == 1 ? .failed(first) : .refused(stops)
  }

  /// Tells what doesn't stop.
  func tell(_ reporter: any Reporter) {
    for found in findings {
      switch found.level {
      case .stop: break
      case .warning: reporter.report(.warning(found.finding))
      case .note: reporter.report(.note(found.finding))
      }
    }
  }
}
