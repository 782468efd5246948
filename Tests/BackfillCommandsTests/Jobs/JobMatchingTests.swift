import ChunkCatalog
import Postgres
import TestConnections
import Testing
import TimescaleDB

@testable import BackfillCommands

@Suite("Recorded jobs are told among those that there are") struct JobMatchingTests {
  private static func identity(
    _ procedure: String = "policy_retention", on relation: String? = "readings", config: String? = "{}"
  ) -> JobIdentity {
    JobIdentity(
      procedure: QualifiedName("_timescaledb_functions", procedure),
      relation: relation.map { QualifiedName("public", $0) }, config: config)
  }

  private static func record(_ key: Int64, of job: Int64, _ identity: JobIdentity = identity()) -> RecordedJob
  {
    RecordedJob(
      key: key, job: job, identity: identity, owner: Identifier("app"),
      schedule: JobSchedule(interval: "1 day"),
      turnedOff: Timestamp(microseconds: 0))
  }

  private static func job(_ id: Int64, _ identity: JobIdentity = identity()) -> BackgroundJob {
    BackgroundJob(
      id: id, identity: identity, owner: Identifier("app"), schedule: JobSchedule(interval: "1 day"),
      isScheduled: false)
  }

  /// What each record comes to, by its key.
  private static func told(_ matching: JobMatching) -> [Int64: String] {
    matching.jobs.mapValues { "job \($0.id)" }.merging(matching.losses.mapValues { "\($0)" }) {
      "\($0), \($1)"
    }
  }

  typealias Pair = Case<(records: [RecordedJob], jobs: [BackgroundJob]), [Int64: String]>

  static let pairs: [Pair] = [
    Pair("by number", ([record(1, of: 1000)], [job(1000)]), [1: "job 1000"]),
    Pair(
      "by number, although others are the same", ([record(1, of: 1000)], [job(999), job(1000), job(1001)]),
      [1: "job 1000"]),
    Pair(
      "by what it is, where the number is another's",
      ([record(1, of: 1000)], [job(1000, identity("policy_compression")), job(1007)]), [1: "job 1007"]),
    Pair(
      "two that have exchanged their numbers",
      (
        [record(1, of: 1000), record(2, of: 1001, identity(on: "other"))],
        [job(1000, identity(on: "other")), job(1001)]
      ), [1: "job 1001", 2: "job 1000"]),
    Pair(
      "of its own number before one that has moved",
      ([record(1, of: 1005), record(2, of: 1000)], [job(1000), job(1001)]), [1: "job 1001", 2: "job 1000"]),
    Pair("none", ([record(1, of: 1000)], [job(1000, identity("other"))]), [1: "gone"]),
    Pair(
      "one with another configuration", ([record(1, of: 1000)], [job(1000, identity(config: "{\"a\": 1}"))]),
      [1: "changed(jobs: [1000])"]),
    Pair(
      "one that has lost its configuration", ([record(1, of: 1000)], [job(1000, identity(config: nil))]),
      [1: "changed(jobs: [1000])"]),
    Pair(
      "several that are the same", ([record(1, of: 1000)], [job(1001), job(1002)]),
      [1: "ambiguous(jobs: [1001, 1002])"]),
    Pair(
      "two records of what is there once", ([record(1, of: 1000), record(2, of: 1001)], [job(1002)]),
      [1: "ambiguous(jobs: [1002])", 2: "ambiguous(jobs: [1002])"]),
    Pair(
      "one on no relation by one on a relation",
      ([record(1, of: 1000, identity("mine", on: nil))], [job(1000, identity("mine"))]),
      [1: "gone"]),
  ]

  @Test("by number, or by what they are", arguments: pairs)
  func matched(pair: Pair) {
    let matching = JobMatching(pair.input.records, pair.input.jobs)
    #expect(Self.told(matching) == pair.expected)
    #expect(Set(matching.jobs.values.map(\.id)).count == matching.jobs.count)
  }
}

@Suite("First runs are spread") struct StaggerTests {
  private static let now = Timestamp(microseconds: 1_000_000_000)
  private static func later(_ seconds: Int64) -> Timestamp { now.advanced(by: .seconds(seconds)) }

  typealias Starts = Case<[Timestamp?], [Int64?]>

  static let starts: [Starts] = [
    Starts("none", [], []),
    Starts("one, at once", [nil], [0]),
    Starts("four that never ran", [nil, nil, nil, nil], [0, 225, 450, 675]),
    Starts("those in the past too", [later(-5), nil, later(-1_000_000)], [0, 300, 600]),
    Starts("those within the time too", [later(899), nil], [0, 450]),
    Starts("but not those after it", [later(901), nil, later(5000), nil], [nil, 0, nil, 450]),
  ]

  @Test("over a quarter of an hour, in their order", arguments: starts)
  func delays(starts: Starts) {
    let delays = Stagger(span: .seconds(900)).delays(starts.input, now: Self.now)
    #expect(delays == starts.expected.map { $0.map { Duration.seconds($0) } })
  }

  @Test("not at all over no time") func noTime() {
    #expect(Stagger(span: .zero).delays([nil, nil], now: Self.now) == [.zero, .zero])
  }
}
