/// A reference page, printed by `help TOPIC`. The pages are part of the binary, which is a single file.
///
/// Text stands as it is printed: no line is wider than 80 columns. SQL and commands are indented by four spaces.
struct ManualPage: Equatable, Sendable, CustomStringConvertible {
  /// What `help` is asked for.
  let topic: String
  let title: String
  private let body: String

  init(topic: String, title: String, text: String) {
    self.topic = topic
    self.title = title
    body = text
  }

  var description: String { topic }

  var text: String { "\(title)\n\n\(body)\n" }

  /// In the order in which `help topics` lists them: the way of a migration, then reference.
  static let all: [ManualPage] = [
    .installation, .versions, .connections, .privileges, .migrating, .transfer, .findings, .jobs,
    .staging, .chunks, .compression, .aggregates, .invalidations,
    .tuning,
    .archives, .loading, .resuming, .services, .monitoring, .reporting, .json, .queue, .verification, .checks,
    .locks,
    .triggers,
    .snapshots,
    .durability,
    .exitCodes,
    .limits,
    .troubleshooting, .crashes, .differences, .stability, .changes, .benchmarks, .tests,
  ]

  static func named(_ topic: String) -> ManualPage? { all.first { $0.topic == topic } }
}
