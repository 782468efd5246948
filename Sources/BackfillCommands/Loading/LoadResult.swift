public import ChunkCatalog
public import Postgres

/// What `load` did.
public struct LoadResult: Sendable {
  public var table: QualifiedName?
  /// Of this run.
  public var outcome = LoadMark.Outcome()
  /// Of earlier runs of the same load.
  public var before = LoadMark.Outcome()
  /// Rows of the target that went first.
  public var replaced: Int64 = 0
  /// Bytes of records that this run has loaded, without compression.
  public var bytes: Int64 = 0
  public var batches = 0
  public var files = 0
  /// Where the rejected records of all runs were written; nil where there is no such file.
  public var rejects: (path: String, records: Int64)?
  /// Why it didn't come to its end.
  public var failure: LoadFailure?
  public var stopped = false
  /// What is left can't be loaded by running it again.
  public var isLost = false
  public var duration: Duration = .zero

  public init() {}
}

/// Why a load didn't come to its end.
public enum LoadFailure: Error, Sendable {
  case server(PostgresError)
  case finding(LoadFinding)
  /// The run was asked to stop.
  case stopped

  init(_ error: PostgresError) { self = error.kind == .cancelled ? .stopped : .server(error) }

  /// As findings have it; nil of a stop.
  public var finding: Finding? {
    switch self {
    case .server(let error): .server(error)
    case .finding(let finding): .load(finding)
    case .stopped: nil
    }
  }
}

/// How far a load is.
public struct LoadProgress: Sendable, Equatable {
  public var rows: Int64
  /// Of records that are loaded, without compression.
  public var bytes: Int64
  /// nil where that isn't known before the end.
  public var allBytes: Int64?
  public var duration: Duration
}
