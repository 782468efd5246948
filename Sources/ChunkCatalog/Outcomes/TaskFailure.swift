public import Archive
public import Postgres

/// Why a task can't be done.
public enum TaskFailure: Error, Sendable {
  /// A server says so, or the lack of one.
  case server(PostgresError)
  /// The task and the two databases don't fit together.
  case chunk(ChunkProblem)
  /// Copying could not keep every row.
  case copying(CopyProblem)
  /// A file that its rows are to come from can't be used.
  case archive(ArchiveFault)

  public init(_ error: PostgresError) { self = .server(error) }
  public init(_ problem: ChunkProblem) { self = .chunk(problem) }
  public init(_ problem: CopyProblem) { self = .copying(problem) }
  public init(_ fault: ArchiveFault) { self = .archive(fault) }

  /// The databases changed under the task; doing it again from the start may well work.
  public var isWorthRetrying: Bool { if case .chunk(.changedWhileRead) = self { true } else { false } }

  /// What a server said, where that is why.
  public var error: PostgresError? { if case .server(let error) = self { error } else { nil } }
}
