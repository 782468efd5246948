/// What a program writes to standard error, as lines.
struct ErrorLines {
  /// How many are kept for telling why it failed.
  private static let kept = 20

  private var rest: [UInt8] = []
  private(set) var last: [String] = []

  /// - Returns: the lines that are complete by now.
  mutating func take(_ bytes: ArraySlice<UInt8>) -> [String] {
    rest += bytes
    var lines: [String] = []
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      lines.append(String(decoding: rest[..<end], as: UTF8.self))
      rest.removeFirst(end + 1)
    }
    return keep(lines)
  }

  /// - Returns: what had no line end.
  mutating func end() -> [String] {
    guard !rest.isEmpty else { return [] }
    defer { rest = [] }
    return keep([String(decoding: rest, as: UTF8.self)])
  }

  private mutating func keep(_ lines: [String]) -> [String] {
    let told = lines.filter { $0.contains { !$0.isWhitespace } }
    last = (last + told).suffix(Self.kept)
    return told
  }
}
