/// Something that copies a dataset.
protocol Contestant: Sendable {
  /// How tables and charts call it.
  var name: String { get }
  /// What it can be timed at.
  var phases: [Phase] { get }
  /// What is copied where this time, in the contestant's terms. Nothing here is timed.
  func prepare(_ course: Course) throws
  func command(_ phase: Phase, _ course: Course) throws -> Command
  /// Why it can't take part in a trial; nil if it can.
  func objection(to trial: Trial) -> String?
}

extension Contestant {
  func prepare(_ course: Course) throws {}
  func objection(to trial: Trial) -> String? { nil }
}

extension Trial {
  /// Why somebody doesn't take part who isn't missed.
  static let nothingToShow = "nothing to show here"
}

/// One run's databases, and what a contestant may know of them.
struct Course {
  let trial: Trial
  let fixture: Fixture
  let target: Database
  /// The ports of the servers themselves, or of the proxies before them.
  let sourcePort: Int
  let targetPort: Int
  let psql: String
  /// A directory of this run's own.
  let scratch: String

  var source: String { fixture.source.connectionString(port: sourcePort) }
  var destination: String { target.connectionString(port: targetPort) }
}
