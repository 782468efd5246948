/// Numbers as people read them.
enum Quantity {
  /// `312 B`, `31.2 MB`: powers of 1000, as disks and networks are measured.
  static func bytes(_ count: Int64) -> String {
    guard count >= 1000 else { return "\(max(0, count)) B" }
    var value = Double(count) / 1000
    var unit = 0
    // 999.95 would be printed as 1000.0.
    while value >= 999.95, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\(fixed(value, decimals: 1)) \(units[unit])"
  }

  private static let units = ["kB", "MB", "GB", "TB", "PB", "EB"]

  /// `25.3 MB/s`; nil when no time passed.
  static func rate(bytes count: Int64, in duration: Duration) -> String? {
    perSecond(count, duration).map { "\(bytes($0))/s" }
  }

  /// `351219 rows/s`; nil when no time passed.
  static func rate(rows count: Int64, in duration: Duration) -> String? {
    perSecond(count, duration).map { "\($0) rows/s" }
  }

  private static func perSecond(_ count: Int64, _ duration: Duration) -> Int64? {
    let seconds = duration / .seconds(1)
    guard seconds > 0, count > 0 else { return nil }
    return Int64(exactly: (Double(count) / seconds).rounded())
  }

  /// `1.23s`, `2m 05s`, `3h 04m 05s`
  static func time(_ duration: Duration) -> String {
    let seconds = max(0, duration / .seconds(1))
    guard seconds >= 59.995 else { return "\(fixed(seconds, decimals: 2))s" }
    let whole = Int64(exactly: seconds.rounded()) ?? .max
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0 ? "\(hours)h \(padded(minutes))m \(padded(rest))s" : "\(minutes)m \(padded(rest))s"
  }

  /// Whole seconds below a minute, for times that change while one looks.
  static func roughTime(_ duration: Duration) -> String {
    let seconds = max(0, duration / .seconds(1)).rounded()
    return seconds < 60 ? "\(Int(seconds))s" : time(.seconds(seconds))
  }

  /// `1 chunk`, `12 chunks`
  static func count(_ number: some BinaryInteger, _ noun: String) -> String {
    "\(number) \(noun)\(number == 1 ? "" : "s")"
  }

  /// printf's `%.nf`, which needs Foundation in Swift.
  static func fixed(_ value: Double, decimals: Int) -> String {
    var scale: Int64 = 1
    for _ in 0..<decimals { scale *= 10 }
    guard let scaled = Int64(exactly: (value * Double(scale)).rounded()) else { return "\(value)" }
    let fraction = String(scaled.magnitude % scale.magnitude)
    let zeros = String(repeating: "0", count: max(0, decimals - fraction.utf8.count))
    let sign = scaled < 0 ? "-" : ""
    let whole = "\(sign)\(scaled.magnitude / scale.magnitude)"
    return decimals > 0 ? "\(whole).\(zeros)\(fraction)" : whole
  }

  private static func padded(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
