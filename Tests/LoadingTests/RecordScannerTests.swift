import TestServers
import Testing

@testable import Loading

@Suite("Where records end") struct RecordScannerTests {
  private static func scan(_ bytes: [UInt8], _ format: RecordFormat, pieces: [Int]) -> RecordScanner.Found {
    var scanner = RecordScanner(format)
    var all = RecordScanner.Found()
    var place = 0
    for piece in pieces + [bytes.count] where place < bytes.count {
      let end = min(bytes.count, place + piece)
      let found = bytes[place..<end].withUnsafeBytes { scanner.scan($0) }
      all.records += found.records
      if found.end > 0 {
        all.lines += all.linesBehind + found.lines
        all.linesBehind = found.linesBehind
        all.end = place + found.end
      } else {
        all.linesBehind += found.linesBehind
      }
      place = end
    }
    return all
  }

  @Test("is where PostgreSQL finds it", arguments: RecordFormat.tested.indices)
  func sameAsReference(number: Int) {
    let format = RecordFormat.tested[number]
    var random = SeededRandom.ofThisRun(for: "records")
    let bytes: [UInt8] = [10, 13, 34, 39, 92, 46, 44, 97, 98, 99, 0xc3, 0xa4]
    for round in 0..<1500 {
      // Marks are common in some, and rare in others, where whole blocks have none.
      let length = Int.random(in: 0...(round % 10 == 0 ? 9000 : 300), using: &random)
      let rarity = [1, 4, 40, 600].randomElement(using: &random) ?? 1
      let text = (0..<length).map { _ -> UInt8 in
        guard Int.random(in: 0..<rarity, using: &random) == 0 else {
          return Int.random(in: 0..<20, using: &random) == 0 ? 10 : 120
        }
        return bytes.randomElement(using: &random) ?? 0
      }
      let pieces = (0..<4).map { _ in Int.random(in: 0...max(1, length / 2), using: &random) }
      let found = Self.scan(text, format, pieces: pieces)
      #expect(found == ReferenceScanner.found(text, format), "\(format.kind): \(text) in \(pieces)")
    }
  }

  @Test("doesn't depend on where rows of backslashes lie", arguments: [0, 1, 61, 62, 63, 64, 65, 127])
  func backslashes(offset: Int) {
    for count in 0..<140 {
      let text = [UInt8](repeating: 97, count: offset) + [UInt8](repeating: 92, count: count) + [10, 98, 10]
      let found = Self.scan(text, RecordFormat(.text), pieces: [])
      #expect(found.records == (count % 2 == 0 ? 2 : 1), "\(count) behind \(offset)")
    }
  }

  @Test("is told with each record's bytes and lines")
  func index() throws {
    let text = Array("a,\"1\n2\"\nb,2\r\nc,\"\"\"\n\"\"\"".utf8)
    let index = text.withUnsafeBytes { RecordIndex($0, RecordFormat()) }
    #expect(index.count == 3)
    #expect((0..<3).map { index.bytes(of: $0..<$0 + 1) } == [0..<8, 8..<13, 13..<22])
    #expect((0..<3).map { index.lines(before: $0) } == [0, 2, 3])
    // The server counts lines from where the data begins that it was sent.
    #expect((1...5).map { index.record(atLine: $0, countedFrom: 0) } == [0, 0, 1, 2, 2])
    #expect(index.record(atLine: 1, countedFrom: 1) == 1)
    #expect(index.record(atLine: 9, countedFrom: 0) == nil)
  }
}
