import Foundation
import TestServers
import Testing
import Waiting

@testable import Loading

/// A file that goes with its value.
final class InputExample {
  let path = "/tmp/backfill-load-\(UUID().uuidString)"

  init(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func reader(
    _ format: RecordFormat = RecordFormat(), loaded: [LoadedRange] = []
  ) throws -> BatchReader {
    BatchReader(try InputStream(path, interrupt: Interrupt()), format, loaded: loaded)
  }
}

/// What was read of an input.
struct ReadBatch: Equatable {
  var range: Range<Int64>
  var line: Int64
  var lines: Int64
  var records: Int
  var bytes: [UInt8]
}

extension BatchReader {
  func all(size: Int) throws -> [ReadBatch] {
    let batch = Batch(size: size)
    var found: [ReadBatch] = []
    while try next(into: batch) {
      found.append(
        ReadBatch(
          range: batch.range, line: batch.firstLine, lines: batch.lines, records: batch.records,
          bytes: Array(batch.bytes)))
    }
    return found
  }
}

@Suite("An input is cut into batches") struct BatchReaderTests {
  private static func lines(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { Array("\($0),\"text \($0)\($0 % 7 == 0 ? "\nsecond line" : "")\"\n".utf8) }
  }

  @Test("of which nothing is twice or missing, whatever it is packed in", arguments: Packing.allCases)
  func whole(packing: Packing) throws {
    let text = Self.lines(3000)
    let input = try InputExample(packing.packed(text))
    let batches = try input.reader().all(size: 1000)
    #expect(batches.flatMap(\.bytes) == text)
    #expect(batches.count > 30)
    #expect(batches.map(\.records).reduce(0, +) == 3000)
    var (position, line): (Int64, Int64) = (0, 1)
    for batch in batches {
      #expect(batch.range.lowerBound == position && batch.line == line)
      #expect(batch.bytes.last == Byte.newline && batch.range.count == batch.bytes.count)
      position = batch.range.upperBound
      line += batch.lines
    }
    #expect(line == Int64(text.filter { $0 == Byte.newline }.count) + 1)
  }

  @Test("of several members and frames", arguments: [Packing.gzip, .zstd])
  func members(packing: Packing) throws {
    let (first, second) = (Self.lines(500), Self.lines(20))
    let input = try InputExample(packing.packed(first) + packing.packed(second))
    #expect(try input.reader().all(size: 4096).flatMap(\.bytes) == first + second)
  }

  @Test("which leave out what is loaded, however large batches are now", arguments: Packing.allCases)
  func resumed(packing: Packing) throws {
    let text = Self.lines(2000)
    let input = try InputExample(packing.packed(text))
    var random = SeededRandom.ofThisRun(for: "loaded batches")
    let all = try input.reader().all(size: 700)
    for size in [256, 700, 5000] {
      let loaded = all.filter { _ in Bool.random(using: &random) }
      let ranges = loaded.map { LoadedRange(bytes: $0.range, lines: $0.lines) }.shuffled(using: &random)
      let rest = try input.reader(loaded: ranges).all(size: size)
      let together = (loaded + rest).sorted { $0.range.lowerBound < $1.range.lowerBound }
      #expect(together.flatMap(\.bytes) == text)
      #expect(together.map(\.records).reduce(0, +) == 2000)
      for (batch, next) in zip(together, together.dropFirst()) {
        #expect(batch.range.upperBound == next.range.lowerBound && batch.line + batch.lines == next.line)
      }
    }
  }

  @Test("unless what is loaded can't be of it")
  func otherFile() throws {
    let input = try InputExample(Array("aaaa\nbbbb\n".utf8))
    let inRecord = LoadedRange(bytes: 7..<10, lines: 1)
    #expect(throws: InputFailure.changed) { try input.reader(loaded: [inRecord]).all(size: 100) }
    let twice = [LoadedRange(bytes: 0..<5, lines: 1), LoadedRange(bytes: 0..<10, lines: 2)]
    #expect(throws: InputFailure.changed) { try input.reader(loaded: twice).all(size: 100) }
    let behindEnd = LoadedRange(bytes: 20..<30, lines: 1)
    #expect(throws: InputFailure.changed) { try input.reader(loaded: [behindEnd]).all(size: 100) }
  }

  @Test("the last of which may lack its newline, and which may be larger than batches are")
  func ends() throws {
    let long = "x," + String(repeating: "y", count: 5000)
    let input = try InputExample(Array("a\n\(long)\nb,\"c\r\"".utf8))
    let batches = try input.reader().all(size: 64)
    // Room for the long one is room for more.
    #expect(batches.map(\.records) == [1, 2])
    #expect(batches.map(\.bytes.count) == [2, 5009])
    #expect(batches.map(\.line) == [1, 2])
    #expect(try InputExample([]).reader().all(size: 64) == [])
  }

  struct Ending {
    var text: String
    var format = RecordFormat()
    var outcome: Result<String, InputFailure>
  }

  static let endings = [
    Ending(text: "a\n\\.\n", outcome: .success("a\n")),
    Ending(text: "a\n\\.\r\n\n", outcome: .success("a\n")),
    Ending(text: "\\.", outcome: .success("")),
    Ending(text: "a\n\\.\nb\n", outcome: .failure(.dataBehindEnd(line: 2))),
    Ending(text: "a\\.\nb\n", outcome: .success("a\\.\nb\n")),
    Ending(text: "\"\n\\.\n\"\nb\n", outcome: .success("\"\n\\.\n\"\nb\n")),
    Ending(text: "\\.x\n", outcome: .success("\\.x\n")),
    Ending(text: "a\n\\.\n", format: RecordFormat(.text), outcome: .success("a\n")),
    Ending(text: "a\nb\\.\n", format: RecordFormat(.text), outcome: .failure(.strayEndMarker(line: 2))),
    Ending(text: "a\\\\.\n", format: RecordFormat(.text), outcome: .success("a\\\\.\n")),
    Ending(text: "a\\\n\\.b\n", format: RecordFormat(.text), outcome: .failure(.strayEndMarker(line: 2))),
    Ending(text: "a\rb", outcome: .failure(.carriageReturns(line: 1))),
    Ending(text: "a,\"\r\",b\r", outcome: .success("a,\"\r\",b\r")),
  ]

  @Test("up to the end of data, and no further", arguments: endings.indices)
  func endMarkers(number: Int) throws {
    let ending = Self.endings[number]
    let input = try InputExample(Array(ending.text.utf8))
    let outcome = Result { try input.reader(ending.format).all(size: 64).flatMap(\.bytes) }
      .map { String(decoding: $0, as: UTF8.self) }.mapError { $0 as? InputFailure ?? .changed }
    #expect(outcome == ending.outcome, "\(ending.text)")
  }

  @Test("behind a header and a byte order mark")
  func header() throws {
    let input = try InputExample([0xef, 0xbb, 0xbf] + Array("time,\"a \"\"b\"\"\n,c\",d\r\n1,2,3\r\n".utf8))
    let stream = try InputStream(input.path, interrupt: Interrupt())
    #expect(try stream.skipByteOrderMark() == 3)
    let header = try #require(try stream.readHeader(RecordFormat()))
    #expect(header.names.map { String(decoding: $0, as: UTF8.self) } == ["time", "a \"b\"\n,c", "d"])
    #expect(header.lines == 2)
    let reader = BatchReader(stream, RecordFormat(), from: 3 + Int64(header.bytes.count), line: 3)
    let batches = try reader.all(size: 100)
    #expect(batches.map(\.line) == [3] && batches.flatMap(\.bytes) == Array("1,2,3\r\n".utf8))
  }

  @Test("or it is said what is wrong with it, in bounded memory", arguments: [Packing.gzip, .zstd])
  func damaged(packing: Packing) throws {
    let text = Self.lines(400)
    let packed = packing.packed(text)
    var random = SeededRandom.ofThisRun(for: "damage")
    for _ in 0..<300 {
      var bytes = packed
      if Bool.random(using: &random) {
        let place = Int.random(in: 4..<bytes.count, using: &random)
        bytes[place] ^= UInt8.random(in: 1...255, using: &random)
      } else {
        bytes.removeLast(Int.random(in: 1..<bytes.count - 4, using: &random))
      }
      let input = try InputExample(bytes)
      let outcome = Result { try input.reader().all(size: 1000).flatMap(\.bytes) }
      // Bytes of a header that mean nothing may change.
      if case .success(let found) = outcome { #expect(found == text || packing == .zstd) }
      if case .failure(let error) = outcome { #expect(error is InputFailure) }
    }
    let cut = try InputExample(Array(packed.dropLast(3)))
    let compression: Compression = packing == .gzip ? .gzip : .zstd
    #expect(throws: InputFailure.truncated(compression)) { try cut.reader().all(size: 1000) }
  }

  @Test("but not of a zstd frame that claims a window of hundreds of megabytes")
  func hugeWindow() throws {
    // Magic, no content size, a window of 2^(10+20) bytes, and one raw block.
    let frame: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 20 << 3, 0x09, 0x00, 0x00, 0x61]
    let input = try InputExample(frame)
    #expect(throws: InputFailure.windowTooLarge) { try input.reader().all(size: 1000) }
  }

  @Test("and it is recognized by size, time, head and tail")
  func identity() throws {
    func identity(_ path: String) throws -> InputIdentity {
      try #require(try InputFile(path, interrupt: Interrupt()).identity())
    }
    let input = try InputExample([UInt8](repeating: 97, count: 200_000))
    let first = try identity(input.path)
    #expect(try identity(input.path) == first)
    var bytes = [UInt8](repeating: 97, count: 200_000)
    bytes[199_999] = 98
    try Data(bytes).write(to: URL(fileURLWithPath: input.path))
    #expect(try identity(input.path).differences(from: first).contains(.contents))
    try Data(bytes + [99]).write(to: URL(fileURLWithPath: input.path))
    #expect(try identity(input.path).differences(from: first).contains(.size))
    #expect(try InputFile("/dev/null", interrupt: Interrupt()).identity() == nil)
    #expect(throws: InputFailure.isDirectory) { try InputFile("/tmp", interrupt: Interrupt()) }
  }
}
