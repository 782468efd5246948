/// The rate of the last seconds: the average hides that something became slow.
struct RateWindow {
  private let span: Duration
  private var samples: [(time: Duration, bytes: Int64)] = []

  init(span: Duration = .seconds(10)) { self.span = span }

  mutating func add(_ bytes: Int64, at time: Duration) {
    samples.append((time, bytes))
    // The one sample that is older than the span is where the span begins.
    let outdated = samples.dropFirst().prefix { $0.time <= time - span }.count
    samples.removeFirst(outdated)
  }

  /// What went by, and in which time.
  private var sight: (bytes: Int64, time: Duration)? {
    guard let first = samples.first, let last = samples.last else { return nil }
    return (last.bytes - first.bytes, last.time - first.time)
  }

  /// `25.3 MB/s`, once there is something to tell.
  var rate: String? { sight.flatMap { Quantity.rate(bytes: $0.bytes, in: $0.time) } }

  /// nil before any time has passed.
  var bytesPerSecond: Double? {
    guard let sight, sight.time > .zero else { return nil }
    let seconds = sight.time / .seconds(1)
    return Double(sight.bytes) / seconds
  }

  /// Bytes a second; nil before a second has been seen, and where nothing moved.
  var perSecond: Double? {
    guard let sight, sight.time >= .seconds(1), sight.bytes > 0 else { return nil }
    let seconds = sight.time / .seconds(1)
    return Double(sight.bytes) / seconds
  }
}
