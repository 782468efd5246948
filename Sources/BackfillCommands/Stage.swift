public import Postgres

/// `stage`: one task per source chunk in the target's queue, and every target chunk made.
public struct Stage: Sendable {
  public var endpoints: Endpoints
  public var selection: Selection
  /// The completion point, read as the type of each hypertable's time dimension; exclusive.
  public var until: String
  /// Where to begin; inclusive. nil is the beginning of time.
  public var from: String?
  /// An exported snapshot's identifier.
  public var snapshot: String?

  public init(
    endpoints: Endpoints, selection: Selection, until: String, from: String? = nil, snapshot: String? = nil
  ) {
    self.endpoints = endpoints
    self.selection = selection
    self.until = until
    self.from = from
    self.snapshot = snapshot
  }

  /// - Throws: `CommandFailure` (`PostgresError`s are told in it).
  public func run(interrupt: Interrupt, reporter: any Reporter) async throws(CommandFailure) -> StageResult {
    throw .failed("not there yet", advice: nil)
  }
}
