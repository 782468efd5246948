/// What `check` found.
public struct CheckResult: Sendable {
  /// In the order in which things are checked.
  public var findings: [CheckedFinding] = []
  /// The target has no hypertable yet.
  public var isTargetEmpty = false
  /// nil where nothing was measured.
  public var measurement: Measurement?
  public var duration: Duration = .zero

  public init() {}

  public func findings(_ level: CheckedFinding.Level) -> [CheckedFinding] {
    findings.filter { $0.level == level }
  }

  /// Whether nothing stops.
  public var isReady: Bool { findings(.stop).isEmpty }

  public var next: NextStep { isReady ? (isTargetEmpty ? .schema : .stage) : .check }
}
