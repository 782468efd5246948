import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@testable import ChunkCatalog

@Suite(
  "Claiming tasks", .timeLimit(.minutes(10)),
  .needs(TestServer.all))
struct ClaimTests {
  let queue = Queue(run: "this run")

  @Test("takes them in the order of staging") func order() async throws {
    let database = try await Samples.queue(["c", "a", "b"].map { Samples.task($0) })
    try await database.withConnection(.target) { [queue] target throws in
      var names: [String] = []
      while let task = try queue.copyTask(on: target) {
        names.append(task.chunk.name.name)
        try target.run(queue.transaction.complete(task, rows: 1, bytes: 2, message: nil) + "COMMIT;")
      }
      #expect(names == ["c", "a", "b"])
      #expect(target.isInTransaction == true)
    }
  }

  @Test("passes by what another session holds, and takes what it gave back") func skipLocked() async throws {
    let database = try await Samples.queue(["a", "b", "c"].map { Samples.task($0) })
    try await database.withTwoConnections { [queue] one, two throws in
      #expect(try queue.copyTask(on: one)?.chunk.name.name == "a")
      #expect(try queue.copyTask(on: two)?.chunk.name.name == "b")
      one.rollBack()
      two.rollBack()
      #expect(try queue.copyTask(on: two)?.chunk.name.name == "a")
      #expect(try queue.copyTask(on: one)?.chunk.name.name == "b")
    }
  }

  @Test("finds none when all are held, without waiting") func allHeld() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withTwoConnections { [queue] one, two throws in
      #expect(try queue.copyTask(on: one) != nil)
      #expect(try queue.copyTask(on: two) == nil)
      #expect(two.isInTransaction == true)
    }
  }

  /// Both would replace the same rows, neither seeing the other's: they would be there twice.
  @Test("of a second task with rows of a chunk waits until the first is copied", arguments: [false, true])
  func conflicting(splits: Bool) async throws {
    let first = splits ? Samples.parts("a") : [Samples.task("a", upper: 150)]
    let second = splits ? Samples.parts("a") : [Samples.task("a")]
    let database = try await Samples.queue(first + second + [Samples.task("b")])
    try await database.withTwoConnections { [queue] one, two throws in
      for _ in first {
        let task = try #require(try queue.copyTask(on: one))
        #expect(task.priority <= Int64(first.count))
        #expect(
          try queue.copyTask(on: two).map { $0.priority > Int64(first.count) && $0.chunk.name.name == "a" }
            != true)
        two.rollBack()
        try one.run(queue.transaction.complete(task, rows: 1, bytes: 2, message: nil) + "COMMIT;")
      }
      #expect(try queue.copyTask(on: one)?.priority == Int64(first.count) + 1)
    }
  }

  @Test("is given back by a session that ends") func lostSession() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withTwoConnections { [queue] one, two throws in
      let backend = try one.backend()
      #expect(try queue.copyTask(on: one) != nil)
      _ = try database.value("SELECT pg_terminate_backend(\(backend), 30000)")
      #expect(try queue.copyTask(on: two)?.chunk.name.name == "a")
    }
  }

  /// Completion and the data of a task are one transaction; without its commit there is neither.
  @Test("of a completed but uncommitted task is possible again") func uncommitted() async throws {
    let database = try await Samples.queue([Samples.task("a")])
    try await database.withConnection(.target) { [queue] target throws in
      let task = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(task, rows: 1, bytes: 2, message: nil))
      target.rollBack()
      #expect(try queue.copyTask(on: target) != nil)
    }
  }

  @Test("for verifying takes only copied tasks that aren't verified") func verify() async throws {
    let database = try await Samples.queue(["a", "b"].map { Samples.task($0) })
    try await database.withConnection(.target) { [queue] target throws in
      #expect(try queue.verifyTask(on: target) == nil)
      target.rollBack()
      let task = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(task, rows: 7, bytes: 70, message: "well") + "COMMIT;")
      let copied = try #require(try queue.verifyTask(on: target))
      #expect(copied.priority == task.priority)
      try target.run(queue.transaction.verified(copied, message: "equal") + "COMMIT;")
      #expect(try queue.verifyTask(on: target) == nil)
      target.rollBack()
      #expect(try Queue.counts(on: target) == Queue.Counts(all: 2, uncopied: 1, unverified: 0))
    }
  }

  @Test("of parts: each is copied by itself, and verified with the others when all are") func parts()
    async throws
  {
    let tasks = Samples.parts("a") + [Samples.task("b")] + Samples.parts("a")
    let database = try await Samples.queue(tasks)
    try await database.withConnection(.target) { [queue] target throws in
      var splits: [Int64?] = []
      for number in 1...6 {
        let task = try #require(try queue.copyTask(on: target))
        splits.append(task.part?.split)
        #expect(task.part?.whole.isWholeChunk != false)
        try target.run(queue.transaction.complete(task, rows: 1, bytes: 2, message: nil) + "COMMIT;")
        let unverified = number < 3 ? 0 : number == 3 ? 1 : 2
        #expect(try Queue.counts(on: target).unverified == unverified)
      }
      #expect(splits == [1, 1, 1, nil, 2, 2])
      // The second split lacks a part, so only the first and the whole chunk can be verified.
      for chunk in ["a", "b"] {
        let copied = try #require(try queue.verifyTask(on: target))
        #expect(copied.chunk.name.name == chunk)
        #expect(copied.whole.bounds.isWholeChunk)
        try target.run(queue.transaction.verified(copied, message: "equal") + "COMMIT;")
      }
      #expect(try queue.verifyTask(on: target) == nil)
      target.rollBack()
      #expect(try Queue.counts(on: target) == Queue.Counts(all: 7, uncopied: 1, unverified: 0))
      // A part that is copied again has its chunk verified again.
      try target.run("UPDATE __backfill.task SET verified = NULL WHERE priority = 2")
      #expect(try Queue.counts(on: target).unverified == 1)
      #expect(try queue.verifyTask(on: target)?.priority == 2)
    }
  }

  @Test("of a chunk whose parts another session verifies finds none of them") func partsHeld() async throws {
    let database = try await Samples.queue(Samples.parts("a"))
    try await database.withTwoConnections { [queue] one, two throws in
      try one.run("UPDATE __backfill.task SET worked = tstzrange(now(), now(), '[]')")
      #expect(try queue.verifyTask(on: one)?.priority == 1)
      #expect(try queue.verifyTask(on: two) == nil)
    }
  }
}
