import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@testable import ChunkCatalog

@Suite(
  "Claiming while an old snapshot is held", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct FlatClaimTests {
  private static let transaction = TaskTransaction(run: "this run", words: NoWords())

  /// Claims and completes one task as a worker does, and tells how many index entries the claim passed.
  private func step(
    _ place: inout TaskTransaction.Place?, on target: borrowing Connection, index: String, verifies: Bool
  ) throws -> (entries: Int, priority: Int64)? {
    try target.send(Self.transaction.claim(verifies ? .verifying : .copying, after: place), doing: "claiming")
    var committed = true
    let claim = try TaskTransaction.claimed(on: target, committed: &committed)
    let entries = try target.value(
      "SELECT pg_stat_get_xact_tuples_returned((\("__backfill." + index))::regclass)")
    guard let claim else {
      target.rollBack()
      return nil
    }
    place = claim.place
    let closing =
      verifies
      ? TaskTransaction.verified(claim.task, message: nil)
      : TaskTransaction.complete(claim.task, rows: 1, bytes: 1, message: nil)
    try target.run(closing + "COMMIT;")
    return (Int(entries ?? "") ?? -1, claim.task.priority)
  }

  private static func tasks(_ count: Int) -> SQL {
    """
    INSERT INTO __backfill.task (chunk_schema, chunk_name, hypertable_schema, hypertable_name, dimensions, staged_by)
    SELECT 's', 'c' || i, 'public', 'm', '[]', 'tests' FROM generate_series(1, \(count)) AS i;
    """
  }

  @Test("costs the same for the last of 100,000 tasks as for the first", arguments: [false, true])
  func flat(verifies: Bool) async throws {
    let count = 100_000
    let database = try await Samples.queue([])
    try await database.withTwoConnections { [self] old, target throws in
      try target.run(Self.transaction.preparation(verifies ? .verifying : .copying))
      try target.run(Self.tasks(count))
      if verifies {
        try target.run("UPDATE __backfill.task SET worked = '[now,now]'")
      }
      try target.run("VACUUM ANALYZE __backfill.task")
      try old.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM __backfill.task")
      let index = verifies ? "task_unverified_idx" : "task_uncopied_idx"
      var place: TaskTransaction.Place?
      let first = try #require(try step(&place, on: target, index: index, verifies: verifies))
      #expect(first.entries >= 1, "the index isn't used")
      // The others are done by others, whose entries stay for the old snapshot.
      let mark: SQL = verifies ? "verified" : "worked"
      try target.run(
        "UPDATE __backfill.task SET \(mark) = '[now,now]' WHERE priority BETWEEN 2 AND \(count - 10)")
      place = TaskTransaction.Place(isRetried: false, priority: Int64(count - 10))
      for number in 1...9 {
        let last = try #require(try step(&place, on: target, index: index, verifies: verifies))
        #expect(last.priority == Int64(count - 10 + number))
        #expect(last.entries <= first.entries + 10, "task \(last.priority) passed \(last.entries) entries")
      }
    }
  }

  @Test("finds what was reset or had failed before, wherever it stands") func behind() async throws {
    let database = try await Samples.queue((1...6).map { Samples.task("c\($0)") })
    try await database.withConnection(.target) { target throws in
      try target.run(Self.transaction.preparation(.copying))
      var place: TaskTransaction.Place?
      func claim(_ target: borrowing Connection) throws -> Int64? {
        try target.send(Self.transaction.claim(.copying, after: place), doing: "claiming")
        var committed = true
        let claim = try TaskTransaction.claimed(on: target, committed: &committed)
        if let claim {
          try target.run(TaskTransaction.complete(claim.task, rows: 1, bytes: 1, message: nil) + "COMMIT;")
          place = claim.place
        } else {
          target.rollBack()
        }
        return claim?.task.priority
      }
      try target.run(
        "UPDATE __backfill.task SET attempts = 1, passed_by = 'earlier' WHERE priority IN (1, 4)")
      let first = [try claim(target), try claim(target)]
      #expect(first == [2, 3])
      try target.run("UPDATE __backfill.task SET worked = NULL WHERE priority = 2")
      let next = [
        try claim(target), try claim(target), try claim(target), try claim(target), try claim(target),
      ]
      #expect(next == [5, 6, 1, 4, nil])
      place = nil
      let again = [try claim(target), try claim(target)]
      #expect(again == [2, nil])
    }
  }

  @Test("finds the task with the least number there is", arguments: [false, true])
  func least(verifies: Bool) async throws {
    let database = try await Samples.queue([Samples.task("c")])
    try await database.withConnection(.target) { target throws in
      try target.run(
        "UPDATE __backfill.task SET priority = \(Int64.min)" + (verifies ? ", worked = '[now,now]'" : ""))
      let queue = Queue(run: "this run")
      let task = try verifies ? queue.verifyTask(on: target) : queue.copyTask(on: target)
      #expect(task?.priority == .min)
    }
  }
}
