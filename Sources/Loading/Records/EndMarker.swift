import Glibc

/// The line `\.`, which ended COPY data before the protocol did, and still does in files. PostgreSQL takes what comes
/// behind it for nothing at all, up to 17 in CSV too, so it must not get there.
struct EndMarker: Equatable {
  /// Where its line begins and ends in the bytes, the newline included.
  var start: Int
  var end: Int
  /// Its line's number.
  var line: Int64

  /// - Parameters:
  ///   - bytes: whole records.
  ///   - line: of their beginning.
  /// - Throws: `InputFailure` where there is one in the text format that isn't alone on its line: some servers would
  ///   end the data there.
  static func find(
    in bytes: UnsafeRawBufferPointer, _ format: RecordFormat, line: Int64
  ) throws(InputFailure) -> EndMarker? {
    guard let base = bytes.baseAddress else { return nil }
    var place = 0
    while place < bytes.count, let hit = memchr(base + place, Int32(Byte.backslash), bytes.count - place) {
      let start = base.distance(to: UnsafeRawPointer(hit))
      let isMarker = start + 1 < bytes.count && bytes[start + 1] == Byte.dot
      // In the text format what is behind a backslash has lost its own meaning.
      place = start + (format.kind == .text ? 2 : 1)
      guard isMarker else { continue }
      let before = UnsafeRawBufferPointer(rebasing: bytes.prefix(start))
      if let end = lineEnd(in: bytes, behind: start + 2), isRecordStart(before, format) {
        return EndMarker(start: start, end: end, line: line + Int64(before.newlines))
      }
      if format.kind == .text { throw .strayEndMarker(line: line + Int64(before.newlines)) }
    }
    return nil
  }

  /// Where the line ends, if it ends here.
  private static func lineEnd(in bytes: UnsafeRawBufferPointer, behind place: Int) -> Int? {
    var end = place
    if end < bytes.count, bytes[end] == Byte.carriageReturn { end += 1 }
    if end == bytes.count { return end }
    return bytes[end] == Byte.newline ? end + 1 : nil
  }

  private static func isRecordStart(_ before: UnsafeRawBufferPointer, _ format: RecordFormat) -> Bool {
    guard !before.isEmpty else { return true }
    var scanner = RecordScanner(format)
    return scanner.scan(before).end == before.count
  }
}
