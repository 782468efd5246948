import BackfillCommands

/// What the values of options look like that aren't taken as they are. Each reading gives nil for a text that is
/// something else.
enum OptionValue {
  static let workers = 1...255
  static let workersByDefault = 8

  /// Digits, or `auto`. `+8`, `8.0` and `0x8` are slips here, not numbers.
  static func parallelism(_ text: String) -> Parallelism? {
    if text == "auto" { return .automatic }
    guard let number = digits(text), workers.contains(Int(clamping: number)) else { return nil }
    return .fixed(Int(number))
  }

  /// Bytes: `500kB`, `64MB`, `1.5GB`, with the powers of 1024 that PostgreSQL uses for these units; without a unit,
  /// bytes.
  static func size(_ text: String) -> Int64? {
    let units: [(name: String, factor: Double)] = [
      ("kB", 1024), ("KB", 1024), ("MB", 1_048_576), ("GB", 1_073_741_824), ("TB", 1_099_511_627_776),
      ("B", 1), ("", 1),
    ]
    for unit in units where text.hasSuffix(unit.name) {
      let number = text.dropLast(unit.name.count)
      guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }), let value = Double(number),
        let bytes = Int64(exactly: (value * unit.factor).rounded())
      else { return nil }
      return bytes
    }
    return nil
  }

  /// Bytes per second: a size. Less than a megabyte without a unit is a slip (`50` for `50MB`); `50B` is what it says.
  static func rate(_ text: String) -> Int64? {
    guard let rate = size(text), rate > 0 else { return nil }
    return rate < 1 << 20 && text.last?.isLetter != true ? nil : rate
  }

  /// A part of all in percent, more than none: `10`, `0.5`, `10%`.
  static func percent(_ text: String) -> Double? {
    let number = text.hasSuffix("%") ? text.dropLast() : text[...]
    guard number.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }), let value = Double(number),
      value > 0, value <= 100
    else { return nil }
    return value
  }

  /// Seconds between two looks, with a fraction if need be: `5`, `0.5`.
  static func pause(_ text: String) -> Duration? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x2e }), let seconds = Double(text),
      (0.1...86_400).contains(seconds)
    else { return nil }
    return .seconds(seconds)
  }

  static let pauseByDefault = Duration.seconds(2)

  /// A length of time: `90`, `90s`, `15m`, `2h`.
  static func duration(_ text: String) -> Duration? {
    let units: [(name: String, seconds: Int64)] = [("s", 1), ("m", 60), ("h", 3600), ("", 1)]
    for unit in units where text.hasSuffix(unit.name) {
      guard let number = digits(String(text.dropLast(unit.name.count))), number <= 1_000_000 else {
        return nil
      }
      return .seconds(number * unit.seconds)
    }
    return nil
  }

  private static func digits(_ text: String) -> Int64? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int64(text) : nil
  }
}
