import TestServers
import Testing
import Waiting

@testable import Loading

@Suite("A batch's records are sorted by one of their values") struct SortedRecordsTests {
  /// A record, and what it is sorted by.
  private struct Example {
    var bytes: [UInt8]
    var key: [UInt8]
  }

  /// Makes records of three values that COPY would take, with all that may stand in one line.
  private struct Maker {
    let format: RecordFormat
    let column: Int
    let lineEnd: [UInt8]
    /// The times are of so many days.
    let days: Int
    var random: SeededRandom

    mutating func record() -> Example {
      var values = (0..<3).map { _ in other() }
      var key: [UInt8] = []
      switch Int.random(in: 0..<30, using: &random) {
      case 0: values[column] = format.kind == .text ? [92, 78] : []
      case 1 where column > 0: values.removeLast(3 - column)
      case 2 where column > 0: return Example(bytes: lineEnd, key: [])
      default:
        let time = time()
        key = Array(time.prefix(16))
        values[column] = time
        if format.kind == .csv, Bool.random(using: &random) {
          values[column] = [format.quote] + time + [format.quote]
        }
      }
      return Example(bytes: Array(values.joined(separator: [format.delimiter])) + lineEnd, key: key)
    }

    private mutating func time() -> [UInt8] {
      func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
      let day = two(Int.random(in: 1...days, using: &random))
      let whole = "2024-01-\(day) 0\(Int.random(in: 0..<3, using: &random)):00:00.1234+00"
      return Array(whole.utf8.prefix(Int.random(in: 1...whole.utf8.count, using: &random)))
    }

    private mutating func other() -> [UInt8] {
      let marks = [format.delimiter, format.quote, format.escape, 92, 46, 39, 97, 98, 0xc3, 0xa4, 32]
      // Longer than a block, now and then.
      let length =
        Int.random(in: 0..<2000, using: &random) == 0 ? 70_000 : Int.random(in: 0...12, using: &random)
      let content = (0..<length).map { _ in marks.randomElement(using: &random) ?? 97 }
      if format.kind == .text {
        return content.flatMap { $0 == 92 || $0 == format.delimiter ? [92, $0] : [$0] }
      }
      let isPlain = !content.contains(format.delimiter) && !content.contains(format.quote)
      if isPlain, Bool.random(using: &random) { return [97] + content }
      let quoted = content.flatMap { $0 == format.quote || $0 == format.escape ? [format.escape, $0] : [$0] }
      // Quotes may begin within a value.
      return (Bool.random(using: &random) ? [97] : []) + [format.quote] + quoted + [format.quote]
    }
  }

  private static func bytes(_ sorted: SortedRecords) -> [UInt8] {
    var bytes: [UInt8] = []
    sorted.forEachBlock { block in
      #expect(!block.isEmpty)
      bytes += block
    }
    return bytes
  }

  private static func isWorthIt(_ records: ArraySlice<Example>) -> Bool {
    let pairs = zip(records, records.dropFirst())
    let ascents = pairs.filter { $0.key.lexicographicallyPrecedes($1.key) }.count
    let descents = pairs.filter { $1.key.lexicographicallyPrecedes($0.key) }.count
    return min(ascents, descents) * 64 > records.count
      && records.map(\.bytes.count).reduce(0, +) >= records.count * 26
  }

  @Test(
    "which all are in the result once, those of one key in their order",
    arguments: RecordFormat.tested.indices)
  func sameAsReference(number: Int) throws {
    let format = RecordFormat.tested[number]
    var random = SeededRandom.ofThisRun(for: "sorted records")
    var sorted = 0
    for round in 0..<24 {
      let lineEnd: [UInt8] = round % 3 == 0 ? [13, 10] : [10]
      var maker = Maker(
        format: format, column: round % 3, lineEnd: lineEnd, days: round % 5 == 0 ? 1 : 30, random: random)
      let records = (0..<Int.random(in: 0...500, using: &random)).map { _ in maker.record() }
      random = maker.random
      let marker = Bool.random(using: &random) ? [92, 46] + lineEnd : []
      let input = try InputExample(records.flatMap(\.bytes) + marker)
      let reader = try input.reader(format)
      let batch = Batch(size: Int.random(in: 500...20_000, using: &random))
      var place = 0
      while try reader.next(into: batch) {
        let own = records[place..<place + batch.records]
        place += batch.records
        #expect(own.flatMap(\.bytes) == Array(batch.bytes))
        let result = SortedRecords(batch, format, by: maker.column).map(Self.bytes)
        let inOrder = own.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        #expect(result == (Self.isWorthIt(own) ? inOrder.flatMap(\.bytes) : nil), "\(format) \(maker.column)")
        if result != nil { sorted += 1 }
      }
      #expect(place == records.count)
    }
    #expect(sorted > 20)
  }

  /// What a batch of its own is sent as.
  private static func sent(_ text: String, _ format: RecordFormat = RecordFormat()) throws -> String? {
    let input = try InputExample(Array(text.utf8))
    let batch = Batch(size: 1 << 20)
    #expect(try input.reader(format).next(into: batch))
    #expect(Array(batch.bytes) == Array(text.utf8))
    return SortedRecords(batch, format, by: 0).map { String(decoding: bytes($0), as: UTF8.self) }
  }

  private static let rest = "," + String(repeating: "x", count: 30)

  @Test("but not where that can't be done by lines")
  func notByLines() throws {
    let (one, two, three) = ("2024-01-01\(Self.rest)", "2024-01-02\(Self.rest)", "2024-01-03\(Self.rest)")
    let lines = "\(two)\n\(one)\n\(three)\n"
    #expect(try Self.sent(lines) == "\(one)\n\(two)\n\(three)\n")
    #expect(try Self.sent(lines + one) == nil)
    #expect(try Self.sent(lines + "\(one),\"two\nlines\"\n") == nil)
    #expect(try Self.sent(lines + "\(one),\"no end\n") == nil)
    let text = RecordFormat(.text, delimiter: UInt8(ascii: ","))
    #expect(try Self.sent(lines, text) == "\(one)\n\(two)\n\(three)\n")
    #expect(try Self.sent(lines + "\(one),two\\\nlines\n", text) == nil)
    #expect(try Self.sent(lines + "\(one),no end\\\n", text) == nil)
  }

  @Test("nor where they are in order, or nearly so")
  func inOrder() throws {
    let times = (1000..<2000).map { "\($0)\(Self.rest)\n" }
    #expect(try Self.sent(times.joined()) == nil)
    #expect(try Self.sent(times.reversed().joined()) == nil)
    #expect(try Self.sent((times[500...] + times[..<500]).joined()) == nil)
    #expect(try Self.sent(String(repeating: times[0], count: 500)) == nil)
    var random = SeededRandom.ofThisRun(for: "times out of order")
    #expect(try Self.sent(times.shuffled(using: &random).joined()) == times.joined())
    // The same 16 bytes, which is all that is looked at.
    let near = ["2024-01-01 00:00:07", "2024-01-01 00:00:03", "2024-01-01 00:00:05"]
    #expect(try Self.sent(near.map { "\($0)\(Self.rest)\n" }.joined()) == nil)
  }
}
