/// How many workers copy or verify at once.
enum Parallelism {
  static let limits = 1...255
  static let byDefault = 8

  /// Digits only: `+8`, `8.0` and `0x8` are slips here, not numbers.
  static func parse(_ text: String) -> Int? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(text),
      limits.contains(number)
    else { return nil }
    return number
  }
}
