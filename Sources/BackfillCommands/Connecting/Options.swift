public import Postgres

/// The two databases of a run.
public struct Endpoints: Sendable {
  public var source: ConnectionString
  public var target: ConnectionString

  public init(source: ConnectionString, target: ConnectionString) {
    self.source = source
    self.target = target
  }
}

/// Which hypertables and continuous aggregates a command is about.
public struct Selection: Sendable {
  /// A case-insensitive POSIX regular expression on `schema.table` and `schema.view`; nil selects all.
  public var filter: String?
  /// Takes out what it matches, whatever chose it; matched in the same way.
  public var exclude: String?
  /// Adds what depends on the matches.
  public var cascadeUp: Bool
  /// Adds what the matches depend on.
  public var cascadeDown: Bool

  public init(
    filter: String? = nil, exclude: String? = nil, cascadeUp: Bool = false, cascadeDown: Bool = false
  ) {
    self.filter = filter
    self.exclude = exclude
    self.cascadeUp = cascadeUp
    self.cascadeDown = cascadeDown
  }
}
