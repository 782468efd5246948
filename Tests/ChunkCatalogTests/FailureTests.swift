import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@testable import ChunkCatalog

@Suite(
  "Tasks that fail or differ", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct FailureTests {
  @Test("undo their work and keep the reason, under the same lock") func failing() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withTwoConnections { target, other throws in
      try target.run("CREATE TABLE public.data (i int)")
      let queue = Queue(run: "one")
      let task = try #require(try queue.copyTask(on: target))
      try target.run("INSERT INTO public.data VALUES (1)")
      _ = try postgresError { try target.run("SELECT 1/0") }
      try target.run(queue.transaction.fail(task, error: "it's 'broken'\\"))
      #expect(try Queue(run: "two").copyTask(on: other) == nil)
      other.rollBack()
      try target.run("COMMIT")
      #expect(try target.value("SELECT count(*) FROM public.data") == "0")
      let found = try target.query(
        "SELECT attempts, last_error, last_error_at IS NOT NULL, worked IS NULL FROM __backfill.task",
        doing: "testing"
      ) { row throws(PostgresError) in
        [try row.text(0), try row.text(1), try row.text(2), try row.text(3)]
      }
      #expect(found == [["1", "it's 'broken'\\", "t", "t"]])
    }
  }

  @Test("aren't taken up again by their own run, but by the next, after the fresh ones") func again()
    async throws
  {
    let database = try await Samples.queue(["a", "b", "c"].map { Samples.task($0) })
    try await database.withConnection(.target) { target throws in
      let first = Queue(run: "one")
      let failed = try #require(try first.copyTask(on: target))
      try target.run(first.transaction.fail(failed, error: "no") + "COMMIT;")
      let next = try #require(try first.copyTask(on: target))
      #expect(next.chunk.name.name == "b")
      try target.run(first.transaction.complete(next, rows: 0, bytes: 0, message: nil) + "COMMIT;")
      let second = Queue(run: "two")
      #expect(try second.copyTask(on: target)?.chunk.name.name == "c")
      try target.run(first.transaction.fail(try #require(try claimedAgain(target)), error: "no") + "COMMIT;")
      #expect(try second.copyTask(on: target)?.chunk.name.name == "a")
    }
  }

  /// "c" is claimed already by the transaction that is open.
  private func claimedAgain(_ target: borrowing Connection) throws -> BackfillTask? {
    target.rollBack()
    return try Queue(run: "one").copyTask(on: target)
  }

  @Test("stay uncopied in the counts, and copied ones unverified") func counts() async throws {
    let database = try await Samples.queue(["a", "b", "c"].map { Samples.task($0) })
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      #expect(try Queue.counts(on: target) == Queue.Counts(all: 3, uncopied: 3, unverified: 0))
      let failed = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.fail(failed, error: "no") + "COMMIT;")
      let copied = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(copied, rows: 3, bytes: 4, message: "text") + "COMMIT;")
      #expect(try Queue.counts(on: target) == Queue.Counts(all: 3, uncopied: 2, unverified: 1))
      #expect(
        try target.value(
          "SELECT concat_ws(' ', copied_rows, copied_bytes, copy_message, lower_inc(worked), upper(worked) IS NOT NULL) FROM __backfill.task WHERE worked IS NOT NULL"
        )
          == "3 4 text t t")
    }
  }

  @Test("that differ stay unverified, and are compared again by the next run") func differing() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      let copied = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(copied, rows: 0, bytes: 0, message: nil) + "COMMIT;")
      let compared = try #require(try queue.verifyTask(on: target))
      try target.run(queue.transaction.differs(compared, message: "column \"a\" differs") + "COMMIT;")
      #expect(try queue.verifyTask(on: target) == nil)
      target.rollBack()
      #expect(
        try target.value("SELECT verify_message FROM __backfill.task WHERE verified IS NULL")
          == "column \"a\" differs")
      let again = try #require(try Queue(run: "two").verifyTask(on: target))
      try target.run(queue.transaction.verified(again, message: nil) + "COMMIT;")
      #expect(try Queue.counts(on: target).unverified == 0)
    }
  }

  @Test("that are copied again are to be verified again") func copiedAgain() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      let task = try #require(try queue.copyTask(on: target))
      try target.run(
        queue.transaction.complete(task, rows: 0, bytes: 0, message: nil)
          + queue.transaction.verified(task, message: "equal")
          + "COMMIT;")
      #expect(try Queue.counts(on: target).unverified == 0)
      try target.run(queue.transaction.complete(task, rows: 0, bytes: 0, message: nil))
      #expect(try Queue.counts(on: target).unverified == 1)
      #expect(try target.value("SELECT verify_message FROM __backfill.task") == nil)
    }
  }

  private static let incidents: SQL = """
    SELECT concat_ws(' ', priority, kind, work, run, chunk_schema, chunk_name, hypertable_schema, hypertable_name,
      message) FROM __backfill.incident ORDER BY id
    """

  @Test("are remembered when they are done after all, with the runs that did what") func remembered()
    async throws
  {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withConnection(.target) { target throws in
      let (first, second) = (Queue(run: "one"), Queue(run: "two"))
      let failed = try #require(try first.copyTask(on: target))
      try target.run(first.transaction.fail(failed, error: "no") + "COMMIT;")
      let copied = try #require(try second.copyTask(on: target))
      try target.run(second.transaction.complete(copied, rows: 1, bytes: 1, message: nil) + "COMMIT;")
      let compared = try #require(try first.verifyTask(on: target))
      try target.run(first.transaction.differs(compared, message: "1 row") + "COMMIT;")
      let again = try #require(try second.verifyTask(on: target))
      try target.run(second.transaction.fail(again, error: "gone") + "COMMIT;")
      let last = try #require(try Queue(run: "three").verifyTask(on: target))
      try target.run(Queue(run: "three").transaction.verified(last, message: "equal") + "COMMIT;")
      let place = "source schema a public metrics"
      #expect(
        try target.values(Self.incidents) == [
          "1 failed copy one \(place) no", "1 differed verify one \(place) 1 row",
          "1 failed verify two \(place) gone",
        ])
      let doers: SQL = """
        SELECT concat_ws(' ', copied_by, copied_backend = pg_backend_pid(), verified_by,
          verified_backend = pg_backend_pid()) FROM __backfill.task
        """
      #expect(try target.value(doers) == "two t three t")
    }
  }

  @Test("without a claim are remembered only where nobody has done them") func withoutClaim() async throws {
    let database = try await Samples.queue(["a", "b"].map { Samples.task($0) })
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      let done = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(done, rows: 1, bytes: 1, message: nil) + "COMMIT;")
      let open = try #require(try queue.copyTask(on: target))
      target.rollBack()
      for task in [done, open] {
        try target.run(queue.transaction.failWithoutClaim(.copying, task, error: "no") + "COMMIT;")
      }
      #expect(
        try target.values(Self.incidents) == ["2 failed copy one source schema b public metrics no"])
    }
  }
}
