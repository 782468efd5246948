@testable import Loading

/// Where records end, found byte by byte as PostgreSQL's CopyReadLineText does it.
enum ReferenceScanner {
  /// Where each record ends that a newline ends.
  static func ends(_ bytes: [UInt8], _ format: RecordFormat) -> [Int] {
    var ends: [Int] = []
    var isQuoted = false
    var wasEscape = false
    var isEscaped = false
    for (index, byte) in bytes.enumerated() {
      if format.kind == .csv {
        // One that is the quote itself gets no treatment of its own.
        let escape = format.escape == format.quote ? 0 : format.escape
        if isQuoted, byte == escape { wasEscape.toggle() }
        if byte == format.quote, !wasEscape { isQuoted.toggle() }
        if byte != escape { wasEscape = false }
        if byte == Byte.newline, !isQuoted { ends.append(index + 1) }
      } else if isEscaped {
        isEscaped = false
      } else if byte == Byte.backslash {
        isEscaped = true
      } else if byte == Byte.newline {
        ends.append(index + 1)
      }
    }
    return ends
  }

  /// What a scanner finds in all of the bytes.
  static func found(_ bytes: [UInt8], _ format: RecordFormat) -> RecordScanner.Found {
    let ends = ends(bytes, format)
    let end = ends.last ?? 0
    func lines(_ part: ArraySlice<UInt8>) -> Int { part.filter { $0 == Byte.newline }.count }
    return RecordScanner.Found(
      records: ends.count, lines: lines(bytes[..<end]), linesBehind: lines(bytes[end...]), end: end)
  }
}

extension RecordFormat {
  static let tested: [RecordFormat] = [
    RecordFormat(), RecordFormat(.text), RecordFormat(.csv, escape: Byte.backslash),
    RecordFormat(.csv, quote: UInt8(ascii: "'")),
  ]
}
