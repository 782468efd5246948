/// What `stage` did.
public struct StageResult: Sendable {
  /// Chunks (and parts of chunks) newly put into the queue.
  public var staged = 0
  /// Chunks that the queue had already.
  public var alreadyStaged = 0
  /// Chunks whose uncopied tasks of an earlier staging were taken out.
  public var replaced = 0
  /// Large chunks that were cut, and into how many of the staged tasks.
  public var splitChunks = 0
  public var parts = 0
  /// That have something to be copied in the window.
  public var hypertables = 0
  /// Chunks made on the target.
  public var createdChunks = 0
  public var duration: Duration = .zero

  public init() {}
}

/// What `copy` did.
public struct CopyResult: Sendable {
  public var chunks = 0
  /// Chunks that are gone from the source; nothing was copied for them.
  public var skipped = 0
  public var rows: Int64 = 0
  public var bytes: Int64 = 0
  public var failures: [FailedChunk] = []
  /// Tasks that are still to be copied, by this run's end.
  public var remaining = 0
  /// What the source has in the staged windows without a task.
  public var unstaged: [Omission] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}

/// What `verify` found.
public struct VerifyResult: Sendable {
  public var verified = 0
  public var differing = 0
  public var rows: Int64 = 0
  public var failures: [FailedChunk] = []
  /// Copied tasks that are still to be verified, by this run's end.
  public var remaining = 0
  /// What the source has in the staged windows without a task.
  public var unstaged: [Omission] = []
  /// What only the target has in the staged windows, beside all tasks.
  public var strays: [Omission] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}

/// What `clean` removed.
public struct CleanResult: Sendable {
  /// nil when there was no `__backfill` schema.
  public var removedTasks: Int?
  /// Of those, tasks that had not been copied yet.
  public var uncopiedTasks = 0
  /// Chunks that got back what they went without while their parts were copied.
  public var restoredChunks = 0

  public init() {}
}

/// What `refresh-caggs` did.
public struct RefreshResult: Sendable {
  public var refreshed = 0
  /// Aggregates that were up to date already.
  public var upToDate = 0
  public var failures: [(view: String, reason: String)] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}
