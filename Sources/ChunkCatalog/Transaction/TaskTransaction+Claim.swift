public import Postgres

extension TaskTransaction {
  /// A task's place in the order of work. Looking from there on leaves out the index entries of tasks that are done:
  /// while an old snapshot is held anywhere on the server, these can't be removed, and each claim would pass them all.
  /// What comes before may be done, locked, or passed by, and can be given back or reset at any time, so that nothing is
  /// left is only said of a look from the start.
  public struct Place: Sendable, Equatable {
    /// The task failed in an earlier run, so it comes after the fresh ones.
    public let isRetried: Bool
    public let priority: Int64

    public init(isRetried: Bool, priority: Int64) {
      self.isRetried = isRetried
      self.priority = priority
    }
  }

  /// A task that was taken, and where it stands.
  public struct Claim: Sendable {
    public let task: BackfillTask
    public let place: Place

    public init(task: BackfillTask, place: Place) {
      self.task = task
      self.place = place
    }
  }

  /// Opens the task's transaction and takes the first open task: to be copied are fresh ones in their order, then those
  /// that failed in earlier runs. The row stays locked until the transaction ends, however it ends.
  ///
  /// The session needs `preparation` first.
  ///
  /// - Parameter place: where to begin to look; nil for the start.
  public func claim(_ work: Queue.Work, after place: Place? = nil) -> SQL {
    let taking: SQL =
      if let place {
        Self.behind.execution(["\(run)", "\(place.isRetried)", "\(place.priority)"]).sql
      } else {
        Self.fromStart.execution(["\(run)"]).sql
      }
    return """
      BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
      \(taking)\(work.settings)\(Self.savepoint.setting)
      """
  }

  private static let fromStart = PreparedStatement("backfill_claim", types: "text")
  private static let behind = PreparedStatement("backfill_claim_behind", types: "text, boolean, bigint")

  /// Goes to a session once, before its first claim: planning a claim takes several times as long as running it.
  public func preparation(_ work: Queue.Work) -> SQL {
    Self.fromStart.preparation(taking(work, where: "true"))
      + Self.behind.preparation(taking(work, where: work.isBehind))
  }

  /// - Parameter place: a condition. `$1` is the run, `$2` and `$3` are the place behind which to look.
  private func taking(_ work: Queue.Work, where place: SQL) -> SQL {
    """
    SELECT \(BackfillTask.columns), attempts > 0 AS is_retried FROM __backfill.task
    WHERE \(work.isClaimable(scope)) AND NOT \(Queue.isPassed(by: "$1")) AND \(place)
    ORDER BY \(work.order) LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    """
  }

  /// Reads the answer to a claim, and to what was sent before it in the same message.
  ///
  /// - Parameter committed: becomes true as soon as the transaction before the claim is known to be committed, whatever
  ///   comes after it.
  /// - Returns: nil when nothing is left that isn't somebody else's.
  /// - Throws: `PostgresError`.
  public static func claimed(
    on target: borrowing Connection, committed: inout Bool
  ) throws(PostgresError) -> Claim? {
    var last: QueryResult?
    func operation(_ committed: Bool) -> String {
      committed ? "claiming a task" : "committing a task and claiming the next"
    }
    while let result = try target.receive(doing: operation(committed)) {
      if result.command == "COMMIT" { committed = true }
      if result.command == "SELECT" { last = consume result }
    }
    return try last?.map { row throws(PostgresError) in
      let task = try BackfillTask(row)
      let place = Place(isRetried: try row.flag("is_retried"), priority: task.priority)
      return Claim(task: task, place: place)
    }.first
  }

  /// Reads the answer to a claim that was sent alone.
  ///
  /// - Throws: `PostgresError`.
  public static func claimed(on target: borrowing Connection) throws(PostgresError) -> BackfillTask? {
    var committed = true
    return try claimed(on: target, committed: &committed)?.task
  }
}

extension Queue.Work {
  /// Of the open tasks, those that may be begun.
  fileprivate func isClaimable(_ scope: Queue.Scope) -> SQL {
    switch self {
    case .copying: "\(isOpen(scope)) AND \(TaskConflicts.runsAlone)"
    case .verifying: isOpen(scope)
    }
  }

  /// For the rest of the task's transaction: copying takes locks, which are waited for only for a moment.
  fileprivate var settings: SQL {
    switch self {
    case .copying: LockTimeout.setting + ";\n"
    case .verifying: ""
    }
  }

  fileprivate var isBehind: SQL {
    switch self {
    case .copying: "((attempts > 0), priority) > ($2, $3)"
    case .verifying: "priority > $3"
    }
  }
}
