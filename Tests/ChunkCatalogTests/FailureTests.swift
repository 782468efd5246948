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
      try target.run(TaskTransaction.complete(next, rows: 0, bytes: 0, message: nil) + "COMMIT;")
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
      try target.run(TaskTransaction.complete(copied, rows: 3, bytes: 4, message: "text") + "COMMIT;")
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
      try target.run(TaskTransaction.complete(copied, rows: 0, bytes: 0, message: nil) + "COMMIT;")
      let compared = try #require(try queue.verifyTask(on: target))
      try target.run(queue.transaction.differs(compared, message: "column \"a\" differs") + "COMMIT;")
      #expect(try queue.verifyTask(on: target) == nil)
      target.rollBack()
      #expect(
        try target.value("SELECT verify_message FROM __backfill.task WHERE verified IS NULL")
          == "column \"a\" differs")
      let again = try #require(try Queue(run: "two").verifyTask(on: target))
      try target.run(TaskTransaction.verified(again, message: nil) + "COMMIT;")
      #expect(try Queue.counts(on: target).unverified == 0)
    }
  }

  @Test("that are copied again are to be verified again") func copiedAgain() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      let task = try #require(try queue.copyTask(on: target))
      try target.run(
        TaskTransaction.complete(task, rows: 0, bytes: 0, message: nil)
          + TaskTransaction.verified(task, message: "equal")
          + "COMMIT;")
      #expect(try Queue.counts(on: target).unverified == 0)
      try target.run(TaskTransaction.complete(task, rows: 0, bytes: 0, message: nil))
      #expect(try Queue.counts(on: target).unverified == 1)
      #expect(try target.value("SELECT verify_message FROM __backfill.task") == nil)
    }
  }
}
