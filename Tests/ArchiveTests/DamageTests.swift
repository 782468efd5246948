import Foundation
import JSONValues
import Testing
import TimescaleDB

@testable import Archive

/// Whatever becomes of a file, reading it ends with a fault or with the rows that were written.
@Suite("A damaged archive") struct DamageTests {
  @Test("of rows is found out, whichever bit is flipped") func flippedBits() throws {
    let scratch = try Scratch()
    let rows = Array(Scratch.rows.prefix(2000))
    try scratch.write(rows)
    let whole = try scratch.bytes(of: scratch.dataPath)
    for place in 0..<whole.count * 8 {
      var damaged = whole
      damaged[place / 8] ^= 1 << (place % 8)
      try scratch.put(damaged, to: scratch.dataPath)
      guard case .failure(let fault) = scratch.read() else {
        Issue.record("bit \(place) of \(whole.count * 8)")
        continue
      }
      #expect(fault.file == ArchivedChunk.dataFile(Scratch.name))
    }
    try scratch.put(whole, to: scratch.dataPath)
    #expect(scratch.read() == .success(rows))
  }

  @Test("of rows is found out where it is cut off, or goes on") func lengths() throws {
    let scratch = try Scratch()
    try scratch.write(Array(Scratch.rows.prefix(5000)))
    let whole = try scratch.bytes(of: scratch.dataPath)
    for length in stride(from: 0, to: whole.count, by: 97) {
      try scratch.put(Array(whole.prefix(length)), to: scratch.dataPath)
      guard case .failure = scratch.read() else {
        Issue.record("cut at \(length)")
        continue
      }
    }
    for more in [[0], whole, Array("x".utf8)] {
      try scratch.put(whole + more, to: scratch.dataPath)
      guard case .failure = scratch.read() else {
        Issue.record("\(more.count) more")
        continue
      }
    }
    try FileManager.default.removeItem(atPath: scratch.dataPath)
    #expect(scratch.read() == .failure(.missing(file: ArchivedChunk.dataFile(Scratch.name))))
  }

  @Test("that hides more than it says hands out no more than it says") func bomb() throws {
    let scratch = try Scratch()
    // 256 MB of zeros in a few kilobytes, described as 1000 bytes.
    let written = try scratch.write([UInt8](repeating: 0, count: 256 << 20)) {
      $0.rowFile?.copiedBytes = 1000
    }
    let file = try #require(written.rowFile)
    var handed = 0
    #expect(throws: ArchiveFault.otherBytes(file: ArchivedChunk.dataFile(Scratch.name))) {
      try file.read(in: scratch.directory) { handed += $0.count }
    }
    #expect(handed <= 1000)
  }

  @Test("that wants a window of a gigabyte gets none") func window() throws {
    // Magic, a descriptor without a single segment, and a window of 2^30 bytes (RFC 8878, 3.1.1).
    let header: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa0, 0x01, 0x00, 0x00]
    guard var own = Decompressor.make() else {
      Issue.record("no memory")
      return
    }
    var failure: String?
    do {
      try header.withUnsafeBytes { try own.decompress($0) { _ in } }
    } catch let found as ZstdFailure {
      failure = found.reason
    }
    #expect(failure?.contains("memory") == true, "\(failure ?? "none")")
  }

  @Test("description is found out, whichever byte is another one") func description() throws {
    let scratch = try Scratch()
    let written = try scratch.write([1, 2, 3])
    let whole = try scratch.bytes(of: scratch.descriptionPath)
    for place in 0..<whole.count {
      for byte in [UInt8(ascii: "0"), UInt8(ascii: "}"), UInt8(ascii: "\""), 0x00, 0xff]
      where byte != whole[place] {
        var damaged = whole
        damaged[place] = byte
        try scratch.put(damaged, to: scratch.descriptionPath)
        // What isn't found out says the same.
        if let found = try? scratch.directory.description(of: Scratch.name, in: Scratch.archive) {
          #expect(found.json(archive: "a") == written.json(archive: "a"))
        }
      }
    }
    for length in 0..<whole.count - 1 {
      try scratch.put(Array(whole.prefix(length)), to: scratch.descriptionPath)
      guard (try? scratch.directory.description(of: Scratch.name, in: Scratch.archive)) == nil else {
        Issue.record("cut at \(length)")
        continue
      }
    }
  }

  @Test("description of batches is found out, whichever byte is another one") func batches() throws {
    let scratch = try Scratch()
    let written = try scratch.writeBatches([1, 2, 3], partial: true)
    let path = scratch.path(ArchivedChunk.descriptionFile(written.name))
    let whole = try scratch.bytes(of: path)
    for place in 0..<whole.count {
      for byte in [UInt8(ascii: "1"), UInt8(ascii: "\""), 0x00] where byte != whole[place] {
        var damaged = whole
        damaged[place] = byte
        try scratch.put(damaged, to: path)
        if let found = try? scratch.directory.description(of: written.name, in: Scratch.archive) {
          #expect(found.json(archive: "a") == written.json(archive: "a"))
        }
      }
    }
    // Without its seal, it isn't one.
    let unsealed = String(decoding: whole, as: UTF8.self).replacing("\"seal\"", with: "\"sail\"")
    try scratch.put(Array(unsealed.utf8), to: path)
    #expect(throws: ArchiveFault.otherBytes(file: ArchivedChunk.descriptionFile(written.name))) {
      try scratch.directory.description(of: written.name, in: Scratch.archive)
    }
  }

  @Test("text that is too deep, too long or no text is refused") func texts() throws {
    let deep = Array(String(repeating: "[", count: 100_000).utf8)
    #expect(throws: JSONReader.Failure.self) { try JSONReader.read(deep, most: 1_000_000) }
    let many = Array(("[" + String(repeating: "0,", count: 5000) + "0]").utf8)
    #expect(throws: JSONReader.Failure.self) { try JSONReader.read(many, most: 1000) }
    for text in [
      "", "{", "[1", "\"a", "\"\\u12\"", "\"\\ud800\"", "01x", "1.5", "1e5", "{\"a\"}", "[1]]", "nul", "--1",
      "99999999999999999999",
    ] {
      #expect(throws: JSONReader.Failure.self, "\(text)") {
        try JSONReader.read(Array(text.utf8), most: 1000)
      }
    }
  }

  @Test("texts come back as they were") func quoting() throws {
    let value = JSON.object([
      "a": .string("\"\\/\u{8}\u{c}\n\r\t\u{0}é𝄞\u{301}"), "b": .array([.null, .flag(true), .whole(.min)]),
      "c": .members([]), "d": .array([]), "": .object(["e": .texts(["x", ""])]),
    ])
    #expect(try JSONReader.read(Array(value.document.utf8), most: 100) == value)
  }
}
