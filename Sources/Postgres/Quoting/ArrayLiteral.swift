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
    var bytes = text.dropFirst().dropLast().makeIterator()
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
