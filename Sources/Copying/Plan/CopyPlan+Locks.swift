internal import Postgres
internal import TimescaleDB

extension CopyPlan {
  /// Whether a step takes a lock that keeps readers or writers of the chunk waiting.
  public var locksOthersOut: Bool { steps.contains { $0.lock != nil } }

  /// Milliseconds after which the server ends a session that holds such a lock and is given nothing to do: its program
  /// is frozen, or its host is gone.
  static let idleTime: Int64 = 60_000

  /// Takes all locks of that kind that the steps need, the strongest first, so that none is made stronger later on, when
  /// that could end in a deadlock or throw away what was loaded. Claiming has set how long each may be waited for. From
  /// here on nothing is waited for that the application would queue behind.
  func opening(of target: ChunkDescription?) -> SQL {
    guard let target, locksOthersOut else { return "SET LOCAL lock_timeout = 0;\n" }
    // The chunk before its compressed relation, as whoever reads them does.
    let locks = [target.name, target.compressed?.name].compactMap { $0 }.compactMap { relation -> SQL? in
      let modes = steps.compactMap { $0.lock }.filter { ($0.relation ?? target.name) == relation }.map(\.mode)
      return modes.max().map { "LOCK TABLE ONLY \(relation) IN \($0.sql) MODE;\n" }
    }
    return locks.joined(separator: "")
      + "SET LOCAL lock_timeout = 0;\nSET LOCAL idle_in_transaction_session_timeout = \(Self.idleTime);\n"
  }
}

extension CopyStep {
  /// The strongest lock that the step takes, if anybody who reads or writes rows has to wait for it, and the relation; nil
  /// is the target's chunk.
  var lock: (relation: QualifiedName?, mode: LockMode)? {
    switch self {
    case .dropIndex, .rebuildIndex: (nil, .accessExclusive)
    case .dropInvalidationTrigger(let chunk), .restoreInvalidationTrigger(let chunk),
      .markPartial(let chunk, _),
      .truncate(let chunk), .decompress(let chunk), .compress(let chunk), .recompress(let chunk):
      (chunk, .accessExclusive)
    case .freeze(let chunk): (chunk, .shareRowExclusive)
    case .skipInvalidation, .bypassExtension, .disableTriggers, .trackColumnRanges, .recordSizes, .unfreeze,
      .raiseMaintenanceMemory, .countCleared, .delete, .stream, .planAgain, .useDatabaseSearchPath:
      nil
    }
  }
}
