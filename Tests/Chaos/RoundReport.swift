import TestServers

/// What a round went through.
struct RoundReport: Sendable {
  let seed: UInt64
  /// How often each kind of fault was inflicted.
  var faults: [String: Int] = [:]
  /// Faults that could not be inflicted, and why.
  var missed: [String] = []
  /// Runs of a command that had to be repeated after the faults were over, and what they said.
  var repeats: [String] = []
  var copies = 0
  var endings: [String: Int] = [:]
  var rows = 0
  /// How often a chunk's form was changed on the source, or may have been.
  var reforms = 0
  /// How often the target's aggregate was refreshed, or may have been.
  var refreshes = 0
  /// Hours of `retained` that the source may have dropped.
  var droppedHours = 0
  /// Since the beginning, when stage, the faults, what they began, the last copy and verify were over.
  var phases: [Duration] = []
  var duration = Duration.zero

  init(seed: UInt64) { self.seed = seed }

  mutating func count(_ kind: String) { faults[kind, default: 0] += 1 }

  mutating func ended(with ending: ProcessEnding) { endings["\(ending)", default: 0] += 1 }

  var line: String {
    let inflicted = faults.sorted { $0.key < $1.key }.map {
      $0.value == 1 ? $0.key : "\($0.key) x\($0.value)"
    }
    let seconds = "\((duration / .milliseconds(100)).rounded() / 10) s"
    let notes =
      (missed.isEmpty ? "" : "; \(missed.count) missed")
      + (repeats.isEmpty ? "" : "; \(repeats.count) repeated")
    return
      "seed \(seed): \(rows) rows identical, \(copies) copies, \(seconds) (\(phases.map { "\(($0 / .milliseconds(100)).rounded() / 10)" }.joined(separator: " ")))\(notes); \(inflicted.joined(separator: ", "))"
  }
}
