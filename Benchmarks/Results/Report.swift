/// All that a run of the benchmarks has to say; the JSON file is this.
struct Report: Codable, Sendable {
  /// The day, in UTC.
  var date: String
  var machine: Machine
  var server: String
  /// 1 when source and target are databases of one cluster.
  var clusters: Int
  var settings: [String: String]
  /// The contestants' versions by name.
  var versions: [String: String]
  var rowsScale: Double
  var runs: Int
  /// Whether `app` could create tables in the schema of the chunks, without which indexes are not rebuilt.
  var mayCreateInInternal: Bool
  var results: [TrialResult] = []

  func results(of scenario: String) -> [TrialResult] { results.filter { $0.scenario == scenario } }
}

struct TrialResult: Codable, Sendable {
  var scenario: String
  var question: String
  var label: String
  /// The dataset without its size: trials of one kind differ by the number of chunks alone.
  var kind: String
  var dataset: String
  var chunks: Int
  var rows: Int
  /// In COPY's binary format.
  var copyBytes: Int
  var workers: Int
  /// Milliseconds; nil without a proxy.
  var roundTrip: Double?
  var contestants: [ContestantResult] = []

  func medians(_ contestant: String, _ phase: Phase) -> Medians? {
    contestants.first { $0.name == contestant }?.medians(phase)
  }

  /// For people: the scenario, and which trial of it.
  var title: String { label.isEmpty ? scenario : "\(scenario), \(label)" }
}

struct ContestantResult: Codable, Sendable {
  var name: String
  var samples: [String: [Sample]] = [:]
  /// Why there are no samples, or why those that there are mean nothing.
  var failure: String?

  func medians(_ phase: Phase) -> Medians? {
    guard failure == nil, let samples = samples[phase.rawValue], !samples.isEmpty else { return nil }
    return Medians(samples: samples)
  }
}

/// The names that claims and ratios look for.
enum ContestantName {
  static let this = "timescaledb-backfill"
  static let pipe = "psql | psql"
  static let copyByHand = "psql \\copy"
  static let inOrder = "in the order of time"
  static let dump = "pg_dump -Fd, pg_restore"
}
