/// How far a run is as a whole, in one line: as much of it as there is room for, what matters most first.
///
///     113/210 chunks [=====>      ] 43 %, 25.3 MB/s (average 22.1 MB/s), 3m 20s left
struct OverallLine {
  var activity: String
  /// Chunks, those that earlier runs did included.
  var done: Int
  var all: Int
  var fraction: Double?
  /// That went over the network in this run, and that will have gone when it is done.
  var bytes: Int64 = 0
  var allBytes: Int64?
  var rate: String?
  var average: String?
  var elapsed = Duration.zero
  var rest: WorkProgress.Rest?
  var failed = 0
  var differing = 0

  init(activity: String, done: Int, all: Int) {
    self.activity = activity
    self.done = done
    self.all = all
  }

  /// What there is to say, in the order in which it stands.
  private enum Part: CaseIterable {
    case activity
    case counter
    case unit
    case bar
    case percent
    case bytes
    case rate
    case average
    case elapsed
    case left
    case assumption
    case failed
    case differing
  }

  /// The order in which parts get their room.
  private static let byWeight: [Part] = [
    .counter, .percent, .left, .failed, .differing, .rate, .bar, .average, .unit, .bytes, .activity,
    .elapsed,
    .assumption,
  ]

  /// - Parameter columns: which the line may take; nil for all that there is to say, without the bar.
  func text(columns: Int?) -> String {
    var chosen: Set<Part> = []
    for part in Self.byWeight {
      guard !text(part, barWidth: Self.barWidths.lowerBound).isEmpty else { continue }
      // What goes on with another part isn't told without it.
      if part == .average, !chosen.contains(.rate) { continue }
      if part == .assumption, !chosen.contains(.left) { continue }
      guard let columns else {
        if part != .bar { chosen.insert(part) }
        continue
      }
      let tried = chosen.union([part])
      if LiveRegion.width(of: joined(tried, barWidth: Self.barWidths.lowerBound)) <= columns {
        chosen = tried
      }
    }
    guard let columns, chosen.contains(.bar) else { return joined(chosen, barWidth: 0) }
    let room = columns - LiveRegion.width(of: joined(chosen, barWidth: Self.barWidths.lowerBound))
    return joined(
      chosen, barWidth: min(Self.barWidths.upperBound, Self.barWidths.lowerBound + max(0, room)))
  }

  private static let barWidths = 12...42

  private func joined(_ parts: Set<Part>, barWidth: Int) -> String {
    var line = ""
    for part in Part.allCases where parts.contains(part) {
      let text = text(part, barWidth: barWidth)
      if !line.isEmpty { line += Self.hasComma(part) ? ", " : " " }
      line += text
    }
    return line
  }

  private static func hasComma(_ part: Part) -> Bool {
    switch part {
    case .activity, .counter, .unit, .bar, .average, .assumption: false
    case .percent: false
    case .bytes, .rate, .elapsed, .left, .failed, .differing: true
    }
  }

  private func text(_ part: Part, barWidth: Int) -> String {
    switch part {
    case .activity: activity
    case .counter: "\(done)/\(all)"
    case .unit: "chunks"
    case .bar: fraction.map { Self.bar($0, width: barWidth) } ?? ""
    case .percent: fraction.map { "\(Int($0 * 100)) %" } ?? ""
    case .bytes where bytes > 0:
      Quantity.bytes(bytes) + (allBytes.map { " of about \(Quantity.bytes($0))" } ?? "")
    case .bytes: ""
    case .rate: rate ?? ""
    case .average: average.map { "(average \($0))" } ?? ""
    case .elapsed: "\(Quantity.roughTime(elapsed)) so far"
    case .left: rest.map { "\(Quantity.roughTime($0.left)) left" } ?? ""
    case .assumption: rest.map { "if the rest goes as fast (\($0.basis.text))" } ?? ""
    case .failed: failed > 0 ? "\(failed) failed" : ""
    case .differing: differing > 0 ? "\(differing) differ" : ""
    }
  }

  /// `[====>     ]`
  private static func bar(_ fraction: Double, width: Int) -> String {
    let inside = max(1, width - 2)
    let filled = min(inside, Int(fraction * Double(inside)))
    let head = filled < inside ? ">" : ""
    let line = String(repeating: "=", count: filled) + head
    return "[\(line)\(String(repeating: " ", count: inside - line.count))]"
  }
}

extension WorkProgress.Basis {
  fileprivate var text: String {
    switch self {
    case .bytes: "by bytes"
    case .chunks: "by chunks, as sizes are unknown"
    }
  }
}
