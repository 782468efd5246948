/// Where each record of a batch is, for finding bad ones.
public struct RecordIndex: Sendable {
  /// Where records end, with the lines up to there.
  private let ends: [(byte: Int, lines: Int)]

  public init(_ batch: Batch, _ format: RecordFormat) { self.init(batch.bytes, format) }

  init(_ bytes: UnsafeRawBufferPointer, _ format: RecordFormat) {
    var scanner = RecordScanner(format)
    var found = RecordScanner.Found()
    var ends: [(byte: Int, lines: Int)] = []
    for index in bytes.indices {
      let records = found.records
      scanner.scanBytes(bytes[index...index], at: 0, into: &found)
      if found.records > records { ends.append((index + 1, found.lines)) }
    }
    if (ends.last?.byte ?? 0) < bytes.count {
      ends.append((bytes.count, found.lines + found.linesBehind + 1))
    }
    self.ends = ends
  }

  public var count: Int { ends.count }

  /// The bytes of some of the records.
  public func bytes(of records: Range<Int>) -> Range<Int> {
    start(of: records.lowerBound).byte..<start(of: records.upperBound).byte
  }

  /// Lines in front of a record.
  public func lines(before record: Int) -> Int { start(of: record).lines }

  /// The record that has a line, counted from 1 at the beginning of `first`; nil where there is none.
  public func record(atLine line: Int, countedFrom first: Int) -> Int? {
    guard line > 0 else { return nil }
    let wanted = lines(before: first) + line
    return ends.firstIndex { $0.lines >= wanted }
  }

  private func start(of record: Int) -> (byte: Int, lines: Int) {
    record == 0 ? (0, 0) : ends[record - 1]
  }

  /// Whether a record that no newline ends has a carriage return that ends a line, which the server takes for its end.
  static func hasLoneCarriageReturn(_ record: UnsafeRawBufferPointer, _ format: RecordFormat) -> Bool {
    var scanner = RecordScanner(format)
    var found = RecordScanner.Found()
    for index in record.indices {
      let isOutside = scanner.isOutside
      scanner.scanBytes(record[index...index], at: 0, into: &found)
      if record[index] == Byte.carriageReturn, isOutside, index + 1 < record.count { return true }
    }
    return false
  }
}
