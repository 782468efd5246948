import Glibc

/// 64 bytes as masks, in which bit i is about byte i.
extension RecordScanner {
  /// Newlines, and those of them that end a record, where quotes are all that counts.
  mutating func ends(inQuoted block: UnsafeRawPointer, quote: UInt8) -> (newlines: UInt64, ends: UInt64) {
    let newlines = Self.mask(block, of: Byte.newline)
    let quotes = Self.mask(block, of: quote)
    guard quotes != 0 else { return (newlines, isQuoted ? 0 : newlines) }
    // Bit i becomes the parity of the quotes up to byte i.
    var inside = quotes
    for shift in [1, 2, 4, 8, 16, 32] as [UInt64] { inside ^= inside << shift }
    if isQuoted { inside = ~inside }
    isQuoted = inside >> 63 == 1
    return (newlines, newlines & ~inside)
  }

  /// The same where a backslash takes away the meaning of what follows. Of several backslashes in a row each second
  /// one is itself escaped: adding the starts of such rows carries through them (as in simdjson, Langdale and Lemire,
  /// https://arxiv.org/abs/1902.08318).
  mutating func ends(inEscaped block: UnsafeRawPointer) -> (newlines: UInt64, ends: UInt64) {
    let newlines = Self.mask(block, of: Byte.newline)
    let all = Self.mask(block, of: Byte.backslash)
    let carried: UInt64 = isEscaped ? 1 : 0
    let backslashes = all & ~carried
    guard backslashes != 0 else {
      isEscaped = false
      return (newlines, newlines & ~carried)
    }
    let even: UInt64 = 0x5555_5555_5555_5555
    let behind = backslashes << 1 | carried
    let oddStarts = backslashes & ~even & ~behind
    let (sum, overflow) = oddStarts.addingReportingOverflow(backslashes)
    let escaped = (even ^ (sum << 1)) & behind
    isEscaped = overflow
    return (newlines, newlines & ~escaped)
  }

  /// Which of 64 bytes are `byte`.
  static func mask(_ block: UnsafeRawPointer, of byte: UInt8) -> UInt64 {
    let pattern = UInt64(byte) &* 0x0101_0101_0101_0101
    var mask: UInt64 = 0
    for word in 0..<8 {
      let loaded = UInt64(littleEndian: block.loadUnaligned(fromByteOffset: word * 8, as: UInt64.self))
      // The highest bits of those bytes that are equal, gathered into the highest byte of the product.
      let gathered = (zeroBytes(of: loaded ^ pattern) >> 7) &* 0x0102_0408_1020_4080
      mask |= (gathered >> 56) << UInt64(word * 8)
    }
    return mask
  }

  /// The highest bit of each byte that is zero, and no other.
  @inline(__always)
  static func zeroBytes(of word: UInt64) -> UInt64 {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    return ~(((word & low) &+ low) | word | low)
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the byte is there.
  func has(_ byte: UInt8) -> Bool {
    guard let baseAddress else { return false }
    return memchr(baseAddress, Int32(byte), count) != nil
  }

  /// How many newlines there are.
  var newlines: Int {
    guard let baseAddress else { return 0 }
    let pattern = UInt64(Byte.newline) &* 0x0101_0101_0101_0101
    var number = 0
    var offset = 0
    while offset + 8 <= count {
      let word = baseAddress.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ pattern
      number += RecordScanner.zeroBytes(of: word).nonzeroBitCount
      offset += 8
    }
    while offset < count {
      if self[offset] == Byte.newline { number += 1 }
      offset += 1
    }
    return number
  }

  /// Where the last newline is.
  var lastNewline: Int? {
    var index = count
    while index > 0 {
      index -= 1
      if self[index] == Byte.newline { return index }
    }
    return nil
  }
}
