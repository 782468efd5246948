extension Quantity {
  /// `1,234,567`
  static func grouped(_ number: some BinaryInteger) -> String {
    let digits = Array("\(number.magnitude)")
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1,234 chunks`
  static func grouped(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// The largest unit that leaves a whole number: `6h`, `15m`.
  static func briefTime(_ duration: Duration) -> String {
    let seconds = duration.components.seconds
    if seconds % 3600 == 0 { return "\(seconds / 3600)h" }
    return seconds % 60 == 0 ? "\(seconds / 60)m" : "\(seconds)s"
  }

  /// The next number of the form 1, 2 or 5 times a power of ten: what an axis ends with.
  static func round(above value: Double) -> Double {
    guard value > 0, value.isFinite else { return 1 }
    var power = 1.0
    while power * 10 <= value { power *= 10 }
    while power > value { power /= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= value } ?? value
  }
}
