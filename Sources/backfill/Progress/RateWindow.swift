/// The rate of the last ten seconds: the run's average hides that something became slow.
struct RateWindow {
  private static let span = Duration.seconds(10)
  private var samples: [(time: Duration, bytes: Int64)] = []

  mutating func add(_ bytes: Int64, at time: Duration) {
    samples.append((time, bytes))
    // The one sample that is older than the span is where the span begins.
    let outdated = samples.dropFirst().prefix { $0.time <= time - Self.span }.count
    samples.removeFirst(outdated)
  }

  /// nil before any time has passed.
  var bytesPerSecond: Double? {
    guard let first = samples.first, let last = samples.last, last.time > first.time else { return nil }
    return Double(last.bytes - first.bytes) / ((last.time - first.time) / .seconds(1))
  }

  /// `25.3 MB/s`, once there is something to tell.
  var rate: String? {
    guard let first = samples.first, let last = samples.last else { return nil }
    return Quantity.rate(bytes: last.bytes - first.bytes, in: last.time - first.time)
  }
}
