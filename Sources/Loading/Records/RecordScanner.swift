import Glibc

/// Finds where records end, block after block of a file, as COPY itself would (CopyReadLineText,
/// src/backend/commands/copyfromparse.c): a newline ends a record unless it is inside of quotes, or behind a
/// backslash of the text format. In a file without such marks that is as fast as memory can be read; with them, 64
/// bytes at a time are turned into masks, a bit for each byte.
public struct RecordScanner: Sendable, Equatable {
  /// What was found in a block.
  public struct Found: Sendable, Equatable {
    /// Records that end in it.
    public var records = 0
    /// Newlines up to the end of the last of them, those inside of values too.
    public var lines = 0
    /// Newlines behind that.
    public var linesBehind = 0
    /// Where the last of them ends, which is behind its newline; 0 where none does.
    public var end = 0

    public init(records: Int = 0, lines: Int = 0, linesBehind: Int = 0, end: Int = 0) {
      self.records = records
      self.lines = lines
      self.linesBehind = linesBehind
      self.end = end
    }
  }

  enum Rule: Sendable, Equatable {
    /// Two quotes inside of quotes stand for one: whether a place is inside follows from how many came before it.
    case quotes(UInt8)
    case quotesWithEscape(quote: UInt8, escape: UInt8)
    case backslashes
  }

  let rule: Rule
  /// The place behind the last block is inside of quotes.
  var isQuoted = false
  /// The next byte has an escape in front of it.
  var isEscaped = false

  public init(_ format: RecordFormat) {
    switch format.kind {
    case .text: rule = .backslashes
    case .csv where format.quote == format.escape: rule = .quotes(format.quote)
    case .csv: rule = .quotesWithEscape(quote: format.quote, escape: format.escape)
    }
  }

  /// Whether the last byte that was looked at lets a record begin behind it, if it was a newline.
  public var isOutside: Bool { !isQuoted && !isEscaped }

  /// Bytes that are first asked whether they have any mark at all.
  private static let stretch = 4096

  /// Goes over bytes that follow on those of the last call.
  public mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Found {
    var found = Found()
    guard let start = bytes.baseAddress else { return found }
    var place = 0
    while place < bytes.count {
      let count = min(Self.stretch, bytes.count - place)
      let stretch = UnsafeRawBufferPointer(start: start + place, count: count)
      scan(stretch, at: place, into: &found)
      place += count
    }
    return found
  }

  private mutating func scan(_ stretch: UnsafeRawBufferPointer, at place: Int, into found: inout Found) {
    switch rule {
    case .quotes(let quote):
      guard isQuoted || stretch.has(quote) else { return takePlain(stretch, at: place, into: &found) }
      scanBlocks(stretch, at: place, into: &found) { scanner, block in
        scanner.ends(inQuoted: block, quote: quote)
      }
    case .backslashes:
      guard isEscaped || stretch.has(Byte.backslash) else {
        return takePlain(stretch, at: place, into: &found)
      }
      scanBlocks(stretch, at: place, into: &found) { scanner, block in scanner.ends(inEscaped: block) }
    case .quotesWithEscape(let quote, let escape):
      guard isQuoted || isEscaped || stretch.has(quote) || stretch.has(escape) else {
        return takePlain(stretch, at: place, into: &found)
      }
      scanBytes(stretch[...], at: place, into: &found)
    }
  }

  /// Every newline ends a record.
  private func takePlain(_ stretch: UnsafeRawBufferPointer, at place: Int, into found: inout Found) {
    let lines = stretch.newlines
    guard lines > 0, let last = stretch.lastNewline else { return }
    found.records += lines
    found.lines += found.linesBehind + lines
    found.linesBehind = 0
    found.end = place + last + 1
  }

  /// One byte after the other: the rule as it is, for what is left over and for escapes of their own.
  mutating func scanBytes(
    _ bytes: Slice<UnsafeRawBufferPointer>, at place: Int, into found: inout Found
  ) {
    for index in bytes.indices {
      let byte = bytes[index]
      let wasOutside = isOutside
      step(byte)
      guard byte == Byte.newline else { continue }
      found.linesBehind += 1
      guard wasOutside else { continue }
      found.records += 1
      found.lines += found.linesBehind
      found.linesBehind = 0
      found.end = place + index + 1
    }
  }

  private mutating func step(_ byte: UInt8) {
    switch rule {
    case .quotes(let quote): if byte == quote { isQuoted.toggle() }
    case .backslashes: isEscaped = !isEscaped && byte == Byte.backslash
    case .quotesWithEscape(let quote, let escape):
      // An escape means something inside of quotes only, and in front of a quote only.
      if isQuoted, byte == escape { isEscaped.toggle() }
      if byte == quote, !isEscaped { isQuoted.toggle() }
      if byte != escape { isEscaped = false }
    }
  }

  private mutating func scanBlocks(
    _ stretch: UnsafeRawBufferPointer, at place: Int, into found: inout Found,
    _ ends: (inout RecordScanner, UnsafeRawPointer) -> (newlines: UInt64, ends: UInt64)
  ) {
    guard let start = stretch.baseAddress else { return }
    var offset = 0
    while offset + 64 <= stretch.count {
      let (newlines, recordEnds) = ends(&self, start + offset)
      if recordEnds == 0 {
        found.linesBehind += newlines.nonzeroBitCount
      } else {
        let last = 63 - recordEnds.leadingZeroBitCount
        let before = newlines & (UInt64.max >> UInt64(63 - last))
        found.records += recordEnds.nonzeroBitCount
        found.lines += found.linesBehind + before.nonzeroBitCount
        found.linesBehind = (newlines & ~before).nonzeroBitCount
        found.end = place + offset + last + 1
      }
      offset += 64
    }
    scanBytes(stretch[offset...], at: place, into: &found)
  }
}
