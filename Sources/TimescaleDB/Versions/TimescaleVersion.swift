public import Postgres

/// The extension's version, as pg_extension has it.
public struct TimescaleVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let major: Int
  public let minor: Int
  public let patch: Int
  /// The whole text, such as "2.30.0-dev".
  public let description: String

  /// The question for it; no row where the extension isn't installed.
  public static let installed: SQL = "SELECT extversion FROM pg_extension WHERE extname = 'timescaledb'"

  /// nil when the text doesn't begin with two numbers.
  public init?(_ text: String) {
    let release = text.prefix { $0.isNumber || $0 == "." }
    let numbers = release.split(separator: ".").map { Int($0) }
    guard numbers.count >= 2, let major = numbers[0], let minor = numbers[1] else { return nil }
    self.major = major
    self.minor = minor
    patch = numbers.count > 2 ? numbers[2] ?? 0 : 0
    description = text
  }

  public static func < (left: TimescaleVersion, right: TimescaleVersion) -> Bool {
    (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
  }

  public static func == (left: TimescaleVersion, right: TimescaleVersion) -> Bool {
    (left.major, left.minor, left.patch) == (right.major, right.minor, right.patch)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(major)
    hasher.combine(minor)
    hasher.combine(patch)
  }

  public func isAtLeast(_ major: Int, _ minor: Int, _ patch: Int = 0) -> Bool {
    (self.major, self.minor, self.patch) >= (major, minor, patch)
  }
}
