import Foundation
import Postgres
import Testing
import TimescaleDB

@testable import Archive

@Suite("A file of rows") struct ChunkFileTests {
  @Test("gives back what was put in, at every level", arguments: [1, 3, 19])
  func roundTrip(level: Int) throws {
    let scratch = try Scratch()
    let written = try scratch.write(level: level)
    #expect(scratch.read() == .success(Scratch.rows))
    #expect(try scratch.bytes(of: scratch.dataPath).count == Int(written.bytes))
    #expect(written.bytes < written.copiedBytes)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path).count == 2)
  }

  @Test("of nothing is a file, too") func empty() throws {
    let scratch = try Scratch()
    try scratch.write([])
    #expect(scratch.read() == .success([]))
  }

  @Test("is described as it was") func description() throws {
    let scratch = try Scratch()
    let written = try scratch.write()
    let found = try scratch.directory.description(of: Scratch.name, in: Scratch.archive)
    #expect(found.json(archive: "a") == written.json(archive: "a"))
    #expect(found.chunk.hypertable == Scratch.chunk.hypertable)
    #expect(found.chunk.columns == Scratch.chunk.columns)
    #expect(found.range == Scratch.range)
  }

  @Test("is finished only when it is described and whole") func finished() throws {
    let scratch = try Scratch()
    #expect(try scratch.directory.finished(Scratch.name, in: Scratch.archive) == nil)
    try scratch.write()
    #expect(try scratch.directory.finished(Scratch.name, in: Scratch.archive) != nil)
    #expect(try scratch.directory.finished(Scratch.name, in: "another") == nil)
    try scratch.put(Array(try scratch.bytes(of: scratch.dataPath).dropLast()), to: scratch.dataPath)
    #expect(try scratch.directory.finished(Scratch.name, in: Scratch.archive) == nil)
  }

  @Test("has one writer at a time, who leaves nothing where it gives up") func writers() throws {
    let scratch = try Scratch()
    do {
      guard let first = try ChunkFileWriter.open(Scratch.name, level: 3, in: scratch.directory) else {
        Issue.record("nobody writes")
        return
      }
      first.discard()
    }
    guard var writer = try ChunkFileWriter.open(Scratch.name, level: 3, in: scratch.directory) else {
      Issue.record("the lock of a writer that is gone stays")
      return
    }
    if try ChunkFileWriter.open(Scratch.name, level: 3, in: scratch.directory) != nil {
      Issue.record("two writers have one file")
    }
    try Scratch.rows.withUnsafeBytes { try writer.append($0) }
    writer.discard()
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path) == [])
  }

  @Test("is led by one process at a time") func leaders() throws {
    let scratch = try Scratch()
    do {
      guard let leader = try LeaderFile.take(in: scratch.directory) else {
        Issue.record("nobody leads")
        return
      }
      #expect(try LeaderFile.announced(in: scratch.directory) == nil)
      try leader.announce(snapshot: "00000003-00000002-1")
      #expect(try LeaderFile.announced(in: scratch.directory) == "00000003-00000002-1")
      if try LeaderFile.take(in: scratch.directory) != nil { Issue.record("two lead") }
    }
    #expect(try LeaderFile.announced(in: scratch.directory) == nil)
    if try LeaderFile.take(in: scratch.directory) == nil { Issue.record("a leader that is gone leads") }
  }

  @Test("has another name for other chunks and parts") func names() {
    let slices = [(column: Identifier("time"), range: Scratch.chunk.slices[0])]
    func name(_ chunk: String, _ range: TimescaleDB.Dimension.Range) -> String {
      ArchivedChunk.name(
        of: QualifiedName("s", chunk), hypertable: Scratch.chunk.hypertable, slices: slices, range: range)
    }
    let whole = TimescaleDB.Dimension.Range(lower: .min, upper: .max)
    let names = [
      name("a", whole), name("b", whole), name("a", Scratch.range), name("a/../b", whole),
      name("a\u{0}", whole),
    ]
    #expect(Set(names).count == names.count)
    #expect(!names.contains { $0.contains("/") || $0.contains("\u{0}") || $0.contains("\"") })
  }
}
