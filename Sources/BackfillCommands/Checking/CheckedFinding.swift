/// A finding of a check, with how much it matters.
public struct CheckedFinding: Sendable {
  public enum Level: String, Sendable, CaseIterable {
    /// The migration fails, or goes wrong, until it is mended.
    case stop
    /// Something gets in the way, or is lost.
    case warning
    case note
  }

  public var level: Level
  public var finding: Finding

  public init(_ level: Level, _ finding: Finding) {
    self.level = level
    self.finding = finding
  }
}
