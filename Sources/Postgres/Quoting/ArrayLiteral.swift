/// The text form of a one-dimensional array,
/// https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
enum ArrayLiteral {
  /// nil when the text isn't a one-dimensional array; a NULL element reads as the text NULL.
  static func elements(of text: String) -> [String]? {
    var text = text
    return text.withUTF8(elements)
  }

  /// Byte by byte, as all that means something is ASCII.
  private static func elements(of text: UnsafeBufferPointer<UInt8>) -> [String]? {
    guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
    if text.count == 2 { return [] }
    let inside = UnsafeBufferPointer(rebasing: text.dropFirst().dropLast())
    guard inside.contains(where: isSpecial) else {
      return inside.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return quotedElements(of: inside)
  }

  /// Whether an element with this byte needs more than a look for the next comma.
  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "{")
      || byte == UInt8(ascii: "}")
  }

  private static func quotedElements(of text: UnsafeBufferPointer<UInt8>) -> [String]? {
    var bytes = text.makeIterator()
    var elements: [String] = []
    var element: [UInt8] = []
    var quoted = false
    while let byte = bytes.next() {
      switch byte {
      case UInt8(ascii: "\\"):
        guard let next = bytes.next() else { return nil }
        element.append(next)
      case UInt8(ascii: "\""): quoted.toggle()
      case UInt8(ascii: ",") where !quoted:
        elements.append(String(decoding: element, as: UTF8.self))
        element.removeAll(keepingCapacity: true)
      case UInt8(ascii: "{") where !quoted, UInt8(ascii: "}") where !quoted: return nil
      default: element.append(byte)
      }
    }
    elements.append(String(decoding: element, as: UTF8.self))
    return quoted ? nil : elements
  }
}
