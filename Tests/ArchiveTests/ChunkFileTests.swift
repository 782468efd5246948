import Foundation
import Postgres
import Testing
import TimescaleDB

@testable import Archive

@Suite("A chunk's files") struct ChunkFileTests {
  @Test("gives back what was put in, at every level", arguments: [1, 3, 19])
  func roundTrip(level: Int) throws {
    let scratch = try Scratch()
    let written = try scratch.write(level: level)
    #expect(scratch.read() == .success(Scratch.rows))
    #expect(try scratch.bytes(of: scratch.dataPath).count == Int(written.bytes))
    #expect(written.kind == .rows)
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

  @Test("of batches are described as they were", arguments: [false, true]) func batches(partial: Bool) throws
  {
    let scratch = try Scratch()
    let written = try scratch.writeBatches(partial: partial)
    #expect(written.kind == (partial ? .both : .batches))
    let found = try scratch.directory.description(of: written.name, in: Scratch.archive)
    #expect(found.json(archive: "a") == written.json(archive: "a"))
    #expect(found.rowFile?.tuples == (partial ? 3 : nil))
    let (there, here) = (try #require(found.batches), try #require(written.batches))
    #expect(there.settings == here.settings)
    #expect(there.origin == here.origin)
    #expect((there.rows, there.file.tuples) == (1500, 2))
    let relation = try #require(found.chunk.compressed)
    #expect(relation.columns == written.chunk.compressed?.columns)
    #expect(relation.sizes == [1, 2, 3])
    #expect(relation.settings == "{} {time} {t} {t}")
    #expect(found.chunk.enforced == written.chunk.enforced)
    #expect(found.chunk.columnRanges == written.chunk.columnRanges)
    #expect(found.chunk.status == written.chunk.status)
    var read: [UInt8] = []
    try there.file.read(in: scratch.directory) { read += $0 }
    #expect(read == Scratch.rows)
  }

  @Test("that an earlier run has left of another form of the chunk go") func otherForm() throws {
    let scratch = try Scratch()
    let name = try scratch.writeBatches(partial: true).name
    try FileManager.default.removeItem(atPath: scratch.path(ArchivedChunk.descriptionFile(name)))
    let written = try scratch.writeBatches(partial: false)
    let there = try FileManager.default.contentsOfDirectory(atPath: scratch.directory.path)
    #expect(
      Set(there) == [ArchivedChunk.batchFile(written.name), ArchivedChunk.descriptionFile(written.name)])
    try FileManager.default.removeItem(atPath: scratch.path(ArchivedChunk.batchFile(written.name)))
    #expect(try scratch.directory.finished(written.name, in: Scratch.archive) == nil)
  }

  @Test("of format 1 are read as ever") func earlierFormat() throws {
    let scratch = try Scratch()
    let written = try scratch.write()
    // Neither of these was there.
    let lines = String(decoding: try scratch.bytes(of: scratch.descriptionPath), as: UTF8.self)
      .split(separator: "\n").filter { !$0.contains("\"seal\":") && !$0.contains("\"copy_rows\":") }
    var text = lines.joined(separator: "\n")
    text.replace(",\n}", with: "\n}")
    try scratch.put(Array(text.utf8), to: scratch.descriptionPath)
    let found = try scratch.directory.description(of: Scratch.name, in: Scratch.archive)
    #expect(found.json(archive: "a") == written.json(archive: "a"))
    #expect(scratch.read() == .success(Scratch.rows))
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
    guard let writer = try ChunkFileWriter.open(Scratch.name, level: 3, in: scratch.directory) else {
      Issue.record("the lock of a writer that is gone stays")
      return
    }
    if try ChunkFileWriter.open(Scratch.name, level: 3, in: scratch.directory) != nil {
      Issue.record("two writers have one file")
    }
    let (rows, batches) = (try writer.openRows(), try writer.openBatches())
    try Scratch.rows.withUnsafeBytes { try rows.append($0) }
    try Scratch.rows.withUnsafeBytes { try batches.append($0) }
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
