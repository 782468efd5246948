/// The first record of an input, which names the columns.
public struct HeaderRecord: Sendable, Equatable {
  /// The names as they stand there, in the input's encoding.
  public var names: [[UInt8]]
  /// As it stands there, its newline included.
  public var bytes: [UInt8]
  public var lines: Int64
}

extension InputStream {
  /// Leaves out a mark that says nothing but that the input is UTF-8.
  ///
  /// - Returns: how many bytes it has.
  public func skipByteOrderMark() throws(InputFailure) -> Int64 {
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    guard try peek(mark.count).elementsEqual(mark) else { return 0 }
    try skip(Int64(mark.count))
    return Int64(mark.count)
  }

  /// Reads the first record; nil of an empty input.
  ///
  /// - Throws: `InputFailure`.
  public func readHeader(_ format: RecordFormat) throws(InputFailure) -> HeaderRecord? {
    var bytes: [UInt8] = []
    var scanner = RecordScanner(format)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try read(into: buffer)
      guard count > 0 else { break }
      var found = RecordScanner.Found()
      let block = UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
      for index in block.indices where found.records == 0 {
        scanner.scanBytes(block[index...index], at: 0, into: &found)
      }
      if found.records > 0 {
        bytes += block.prefix(found.end)
        unread(Array(block.dropFirst(found.end)))
        break
      }
      bytes += block
      guard bytes.count < 1 << 20 else { throw .recordTooLong(line: 1, limit: 1 << 20) }
    }
    guard !bytes.isEmpty else { return nil }
    let lines = Int64(bytes.filter { $0 == Byte.newline }.count)
    return HeaderRecord(
      names: format.values(of: bytes), bytes: bytes,
      lines: bytes.last == Byte.newline ? lines : lines + 1)
  }
}

extension RecordFormat {
  /// The values of one record, without quotes and escapes. For names: NULL is the text that stands for it.
  func values(of record: [UInt8]) -> [[UInt8]] {
    var values: [[UInt8]] = []
    var value: [UInt8] = []
    var isQuoted = false
    var rest = Self.withoutLineEnd(record)
    while let byte = rest.popFirst() {
      if kind == .csv, isQuoted, byte == escape, let next = rest.first, next == quote || next == escape {
        value.append(next)
        rest = rest.dropFirst()
      } else if kind == .csv, byte == quote {
        isQuoted.toggle()
      } else if kind == .text, byte == Byte.backslash, let next = rest.popFirst() {
        value.append(next)
      } else if byte == delimiter, !isQuoted {
        values.append(value)
        value = []
      } else {
        value.append(byte)
      }
    }
    return values + [value]
  }

  private static func withoutLineEnd(_ record: [UInt8]) -> ArraySlice<UInt8> {
    var rest = record[...]
    if rest.last == Byte.newline { rest = rest.dropLast() }
    if rest.last == Byte.carriageReturn { rest = rest.dropLast() }
    return rest
  }
}

extension RecordFormat {
  /// The values of one record that a person wrote.
  public func names(of text: String) -> [String] {
    values(of: Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }
}
