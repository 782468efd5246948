/// Reads JSON that may be anybody's, with whole numbers alone: how deep it is and how many values it has is limited, so that memory is.
public struct JSONReader {
  /// Why a text isn't read.
  public enum Failure: Error {
    case noJSON
    case tooLarge
  }

  private static let deepest = 32

  private let bytes: [UInt8]
  private var place = 0
  /// How many values may still come.
  private var left: Int

  /// - Parameter most: how many values there may be.
  /// - Throws: `Failure`.
  public static func read(_ bytes: [UInt8], most: Int) throws(Failure) -> JSON {
    var reader = JSONReader(bytes: bytes, left: most)
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.place == bytes.count else { throw .noJSON }
    return value
  }

  private init(bytes: [UInt8], left: Int) {
    self.bytes = bytes
    self.left = left
  }

  private var next: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || (0x09...0x0d).contains(byte) { place += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard next == byte else { return false }
    place += 1
    return true
  }

  private mutating func value(depth: Int) throws(Failure) -> JSON {
    guard left > 0, depth < Self.deepest else { throw .tooLarge }
    left -= 1
    skipSpace()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try text())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .whole(try number())
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
    let isThere = word.withUTF8Buffer { bytes[place...].starts(with: $0) }
    guard isThere else { throw .noJSON }
    place += word.utf8CodeUnitCount
    return value
  }

  private mutating func number() throws(Failure) -> Int64 {
    let start = place
    while let byte = next, byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) { place += 1 }
    guard place - start <= 20, let number = Int64(String(decoding: bytes[start..<place], as: UTF8.self))
    else {
      throw .noJSON
    }
    return number
  }

  private mutating func array(depth: Int) throws(Failure) -> JSON {
    place += 1
    var elements: [JSON] = []
    if take(UInt8(ascii: "]")) { return .array([]) }
    repeat { elements.append(try value(depth: depth + 1)) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw .noJSON }
    return .array(elements)
  }

  private mutating func object(depth: Int) throws(Failure) -> JSON {
    place += 1
    var members: [JSON.Member] = []
    if take(UInt8(ascii: "}")) { return .members([]) }
    repeat {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw .noJSON }
      let name = try text()
      guard take(UInt8(ascii: ":")) else { throw .noJSON }
      members.append(.init(name, try value(depth: depth + 1)))
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw .noJSON }
    return .members(members)
  }

  private mutating func text() throws(Failure) -> String {
    place += 1
    var read: [UInt8] = []
    while let byte = next {
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: read, as: UTF8.self) else { throw .noJSON }
        return text
      case UInt8(ascii: "\\"): read += try escaped()
      case ..<0x20: throw .noJSON
      default: read.append(byte)
      }
    }
    throw .noJSON
  }

  private mutating func escaped() throws(Failure) -> [UInt8] {
    guard let byte = next else { throw .noJSON }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0c]
    case UInt8(ascii: "n"): return [0x0a]
    case UInt8(ascii: "r"): return [0x0d]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): return Array(String(try scalar()).utf8)
    default: throw .noJSON
    }
  }

  /// One in two halves where it is beyond the first 65,536.
  private mutating func scalar() throws(Failure) -> Unicode.Scalar {
    var value = try unit()
    if (0xd800..<0xdc00).contains(value) {
      guard bytes[place...].starts(with: "\\u".utf8) else { throw .noJSON }
      place += 2
      let second = try unit()
      guard (0xdc00..<0xe000).contains(second) else { throw .noJSON }
      value = 0x10000 + ((value - 0xd800) << 10) + (second - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw .noJSON }
    return scalar
  }

  private mutating func unit() throws(Failure) -> UInt32 {
    guard place + 4 <= bytes.count else { throw .noJSON }
    let digits = bytes[place..<place + 4]
    place += 4
    let hexadecimal = digits.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
    }
    guard hexadecimal, let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16) else {
      throw .noJSON
    }
    return unit
  }
}
