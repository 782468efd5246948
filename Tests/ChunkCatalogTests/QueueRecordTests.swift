import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing
import TimescaleDB

@testable import ChunkCatalog

@Suite("The record of a queue", .timeLimit(.minutes(10)), .needs(TestServer.all)) struct QueueRecordTests {
  @Test("is read whole, in one snapshot, and leaves no transaction behind") func whole() async throws {
    let database = try await Samples.queue(["a", "b"].map { Samples.task($0) } + Samples.parts("c"))
    try await database.withConnection(.target) { target throws in
      let queue = Queue(run: "one")
      let failed = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.fail(failed, error: "no") + "COMMIT;")
      let copied = try #require(try queue.copyTask(on: target))
      try target.run(queue.transaction.complete(copied, rows: 3, bytes: 4, message: "text") + "COMMIT;")
      let here = RecordedDatabase(
        address: "h:1", database: "d\"b", user: "it's", postgresVersion: "18.0", timescaleVersion: nil)
      let run = RunRecord(
        command: "copy", version: "1", options: "", host: "h", process: 1, name: "one",
        databases: (here, here))
      _ = try run.begin(on: target)
      try target.run(QueueRecord.preparation)
      let record = try QueueRecord.read(on: target)
      #expect(target.isInTransaction == false)
      #expect(record.tasks.map(\.state) == [.failed, .copied, .pending, .pending, .pending])
      #expect(record.tasks.map(\.time?.lower) == [100, 100, 150, 120, 100])
      #expect(record.tasks.map(\.part?.count) == [nil, nil, 3, 3, 3])
      #expect(record.tasks[0].error == "no" && record.tasks[0].attempts == 1)
      #expect(
        record.tasks[1].rows == 3 && record.tasks[1].bytes == 4 && record.tasks[1].copyMessage == "text")
      #expect(record.tasks[1].copied?.run == "one" && record.tasks[1].copied?.backend != nil)
      #expect(record.incidents.map(\.message) == ["no"] && record.incidents[0].work == .copying)
      #expect(record.runs.map(\.source) == [here] && record.runs.map(\.name) == ["one"])
      #expect(record.created != nil)
    }
  }

  @Test("of another tool's queue has what that has, and infinity is no time") func foreign() async throws {
    try await TestDatabase.plain().withConnection(.target) { target throws in
      try target.run(QueueSchemaTests.foreign)
      try target.run("UPDATE __backfill.task SET verified = '[-infinity,infinity]' WHERE chunk_name = 'done'")
      let record = try QueueRecord.read(on: target)
      #expect(record.tasks.map(\.state) == [.verified, .pending, .pending])
      #expect(record.tasks[0].verified == .init(began: nil, ended: nil))
      #expect(record.runs.isEmpty && record.incidents.isEmpty && record.windows.isEmpty)
    }
  }

  @Test("that isn't there is empty") func absent() async throws {
    try await TestDatabase.plain().withConnection(.target) { target throws in
      let record = try QueueRecord.read(on: target)
      #expect(!record.shape.hasQueue && record.tasks.isEmpty)
    }
  }
}
