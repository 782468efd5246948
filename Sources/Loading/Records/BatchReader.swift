/// Cuts an input into batches of whole records, and leaves out what was loaded before. Of the input no more is in
/// memory than a batch, and the beginning of the record behind it.
///
/// Where a batch ends depends on its size and on what was loaded before; that no byte of the input is in two batches
/// or in none doesn't.
public final class BatchReader {
  /// The most bytes that one record may have.
  public static let longestRecord = 64 << 20
  /// Bytes that are read and looked at while the processor still has them at hand.
  private static let block = 256 * 1024

  private let stream: InputStream
  private let format: RecordFormat
  private var loaded: ArraySlice<LoadedRange>
  private var scanner: RecordScanner
  /// Where the next batch begins, and its line.
  public private(set) var position: Int64
  private var line: Int64
  /// The beginning of that batch, with the newlines in it.
  private var carry: [UInt8] = []
  private var carriedLines = 0
  private var isAtEnd = false

  /// - Parameters:
  ///   - position: where the first record begins that is data, and its line.
  ///   - loaded: parts that were loaded before, none of which overlaps another.
  public init(
    _ stream: InputStream, _ format: RecordFormat, from position: Int64 = 0, line: Int64 = 1,
    loaded: [LoadedRange] = []
  ) {
    self.stream = stream
    self.format = format
    self.position = position
    self.line = line
    self.loaded = loaded.sorted { $0.bytes.lowerBound < $1.bytes.lowerBound }[...]
    scanner = RecordScanner(format)
  }

  /// Fills a batch.
  ///
  /// - Returns: false at the input's end, with nothing in the batch. `position` is then how many bytes there were.
  /// - Throws: `InputFailure`.
  public func next(into batch: Batch) throws(InputFailure) -> Bool {
    batch.clear()
    try skipLoaded()
    guard !isAtEnd else { return false }
    var filling = try fill(batch)
    if isAtEnd { try finish(&filling, batch) }
    let data = UnsafeRawBufferPointer(rebasing: batch.memory.prefix(filling.end))
    if let marker = try EndMarker.find(in: data, format, line: line) {
      try endAt(marker, &filling, batch)
    }
    guard filling.end > 0 else { return false }
    carry = Array(batch.memory[filling.end..<filling.filled])
    carriedLines = filling.linesBehind
    batch.range = position..<position + Int64(filling.end)
    (batch.firstLine, batch.lines, batch.records) = (line, Int64(filling.lines), filling.records)
    position += Int64(filling.end)
    line += Int64(filling.lines)
    return true
  }

  private struct Filling {
    var filled: Int
    /// Where the last whole record ends.
    var end = 0
    var records = 0
    var lines = 0
    var linesBehind: Int

    mutating func take(_ found: RecordScanner.Found, _ count: Int) {
      if found.end > 0 {
        end = filled + found.end
        records += found.records
        lines += linesBehind + found.lines
        linesBehind = found.linesBehind
      } else {
        linesBehind += found.linesBehind
      }
      filled += count
    }
  }

  private func skipLoaded() throws(InputFailure) {
    while let first = loaded.first, first.bytes.lowerBound <= position {
      guard first.bytes.lowerBound == position, carry.isEmpty else { throw .changed }
      try stream.skip(Int64(first.bytes.count))
      position = first.bytes.upperBound
      line += first.lines
      loaded = loaded.dropFirst()
      scanner = RecordScanner(format)
    }
  }

  /// Reads until the batch is full, the next part begins that was loaded before, or nothing is left.
  private func fill(_ batch: Batch) throws(InputFailure) -> Filling {
    let limit = loaded.first.map { Int(clamping: $0.bytes.lowerBound - position) } ?? .max
    while batch.memory.count < carry.count, batch.grow(keeping: 0, limit: Self.longestRecord) {}
    batch.memory.copyBytes(from: carry)
    var filling = Filling(filled: carry.count, linesBehind: carriedLines)
    (carry, carriedLines) = ([], 0)
    while true {
      let room = min(batch.memory.count, limit) - filling.filled
      if room == 0 {
        if filling.filled == limit {
          // A batch ended here, so a record does, unless the file is another one.
          guard filling.end == limit else { throw .changed }
          return filling
        }
        if filling.end > 0 { return filling }
        guard batch.grow(keeping: filling.filled, limit: Self.longestRecord) else {
          throw .recordTooLong(line: line, limit: Self.longestRecord)
        }
        continue
      }
      let place = filling.filled..<filling.filled + min(room, Self.block)
      let buffer = UnsafeMutableRawBufferPointer(rebasing: batch.memory[place])
      let count = try stream.read(into: buffer)
      guard count > 0 else {
        // Something was loaded from behind here.
        guard loaded.isEmpty else { throw .changed }
        isAtEnd = true
        return filling
      }
      filling.take(scanner.scan(UnsafeRawBufferPointer(rebasing: buffer.prefix(count))), count)
    }
  }

  /// The last record may lack its newline.
  private func finish(_ filling: inout Filling, _ batch: Batch) throws(InputFailure) {
    guard filling.filled > filling.end else { return }
    if filling.records == 0 {
      // The server takes its idea of line ends from the first one that it sees.
      let record = UnsafeRawBufferPointer(rebasing: batch.memory.prefix(filling.filled))
      if RecordIndex.hasLoneCarriageReturn(record, format) { throw .carriageReturns(line: line) }
    }
    filling.records += 1
    filling.lines += filling.linesBehind + 1
    filling.linesBehind = 0
    filling.end = filling.filled
  }

  /// Data ends at the marker; behind it there may be line ends, and nothing else.
  private func endAt(
    _ marker: EndMarker, _ filling: inout Filling, _ batch: Batch
  ) throws(InputFailure) {
    let rest = UnsafeRawBufferPointer(rebasing: batch.memory[marker.end..<filling.filled])
    var isClean = rest.allSatisfy { $0 == Byte.newline || $0 == Byte.carriageReturn }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    while isClean, !isAtEnd {
      let count = try stream.read(into: buffer)
      isAtEnd = count == 0
      isClean = buffer.prefix(count).allSatisfy { $0 == Byte.newline || $0 == Byte.carriageReturn }
    }
    guard isClean else { throw .dataBehindEnd(line: marker.line) }
    guard loaded.isEmpty else { throw .changed }
    let data = UnsafeRawBufferPointer(rebasing: batch.memory.prefix(marker.start))
    var again = RecordScanner(format)
    let found = again.scan(data)
    filling = Filling(
      filled: marker.start, end: marker.start, records: found.records, lines: found.lines, linesBehind: 0)
  }
}
