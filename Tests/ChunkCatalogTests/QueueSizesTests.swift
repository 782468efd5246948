import ChunkCatalog
import Postgres
import TestConnections
import TestServers
import TestTraits
import Testing

@Suite("What there is to read", .timeLimit(.minutes(10)), .needs(TestServer.all)) struct QueueSizesTests {
  private static func task(_ chunk: String, _ bytes: Int64?) -> StagedTask {
    var task = Samples.task(chunk)
    task.expectedBytes = bytes
    return task
  }

  @Test("is added up by what is done, a chunk in parts counting once for verify") func sizes() async throws {
    let parts = Samples.parts("p").map { part in
      var part = part
      part.expectedBytes = 100
      return part
    }
    let tasks = [Self.task("a", 1), Self.task("b", 20)] + parts
    let database = try await Samples.queue(tasks)
    try await database.withConnection(.target) { target throws in
      #expect(
        try QueueSizes.find(.copying, on: target)
          == QueueSizes(open: 5, done: 0, openBytes: 321, doneBytes: 0))
      #expect(
        try QueueSizes.find(.verifying, on: target)
          == QueueSizes(open: 0, done: 0, openBytes: 0, doneBytes: 0))
      try target.run(
        "UPDATE __backfill.task SET worked = tstzrange(now(), now()) WHERE chunk_name = 'a' OR part > 1")
      #expect(
        try QueueSizes.find(.copying, on: target)
          == QueueSizes(open: 2, done: 3, openBytes: 120, doneBytes: 201))
      #expect(
        try QueueSizes.find(.verifying, on: target)
          == QueueSizes(open: 1, done: 0, openBytes: 1, doneBytes: 0))
      try target.run("UPDATE __backfill.task SET worked = tstzrange(now(), now())")
      try target.run("UPDATE __backfill.task SET verified = tstzrange(now(), now()) WHERE chunk_name = 'b'")
      #expect(
        try QueueSizes.find(.verifying, on: target)
          == QueueSizes(open: 2, done: 1, openBytes: 301, doneBytes: 20))
      // A claim knows what its task holds, and what all parts of its chunk hold.
      try target.run("UPDATE __backfill.task SET verified = tstzrange(now(), now()) WHERE chunk_name = 'a'")
      let part = try #require(try Queue(run: "x").verifyTask(on: target))
      #expect(part.expectedBytes == 100)
      #expect(part.whole.expectedBytes == 300)
    }
  }

  @Test("isn't known where a task doesn't say it") func unknown() async throws {
    let database = try await Samples.queue([Self.task("a", 1), Self.task("b", nil)])
    try await database.withConnection(.target) { target throws in
      #expect(
        try QueueSizes.find(.copying, on: target)
          == QueueSizes(open: 2, done: 0, openBytes: nil, doneBytes: nil))
      let task = try #require(try Queue(run: "x").copyTask(on: target))
      #expect(task.expectedBytes == 1)
      #expect(task.whole.expectedBytes == 1)
    }
  }
}
