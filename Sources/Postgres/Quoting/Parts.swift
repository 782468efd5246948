/// Finding and replacing pieces of a text, byte by byte: a combining mark behind a quote or a `=` does not hide it.
///
/// The standard library's own (`contains`, `firstRange(of:)`, `replacing`) come with its regular expressions, which make the
/// binary a tenth larger and are left out of it (see Package.swift).
extension Collection where Element: Equatable {
  /// The first place where all of `part` stands; nil where it does not, or is empty.
  public func firstPlace(of part: some Collection<Element>) -> Range<Index>? {
    guard let first = part.first else { return nil }
    var start = startIndex
    while let found = self[start...].firstIndex(of: first) {
      if self[found...].starts(with: part) { return found..<index(found, offsetBy: part.count) }
      start = index(after: found)
    }
    return nil
  }
}

extension StringProtocol {
  public func contains(part: String) -> Bool { utf8.firstPlace(of: part.utf8) != nil }

  /// With `other` wherever `part` stands.
  public func replacing(part: String, with other: String) -> String {
    var result: [UInt8] = []
    var rest = Array(utf8)[...]
    while let place = rest.firstPlace(of: part.utf8) {
      result += rest[..<place.lowerBound] + Array(other.utf8)
      rest = rest[place.upperBound...]
    }
    return String(decoding: result + rest, as: UTF8.self)
  }
}
