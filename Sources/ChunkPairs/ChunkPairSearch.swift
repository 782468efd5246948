public import ChunkCatalog
public import Postgres
public import TaskEngine
public import TimescaleDB

extension ChunkPair {
  /// Opens the source's transaction, and asks both databases, at the same time, what they have of a task's chunk. The
  /// target's chunk is the one that staging noted or, where that isn't the chunk with the source's slices any more, the
  /// one with these slices.
  ///
  /// - Parameter lockingTarget: takes a lock on the target's chunk that keeps compression, retention and other
  ///   changes of its form away until the transaction ends, but no reader or writer; nor, when the task is one of a
  ///   split chunk's parts, the others of them. A chunk that was dropped since staging is made again.
  /// - Returns: nil when the chunk is gone from the source.
  /// - Throws: `PostgresError`, `TaskFailure`.
  public static func find(
    for task: BackfillTask, _ setting: PairSetting, sessions: borrowing WorkerSessions, lockingTarget: Bool
  ) throws -> ChunkPair? {
    try ChunkPairSearch(task: task, setting: setting, lockingTarget: lockingTarget).find(sessions)
  }
}

extension ChunkPair {
  /// The same for a chunk of which a description is all that there is of the source's side. Asks the target alone.
  ///
  /// - Throws: `PostgresError`, `TaskFailure`.
  public static func find(
    for task: BackfillTask, described source: ChunkDescription, _ setting: PairSetting,
    on target: borrowing Connection, lockingTarget: Bool
  ) throws -> ChunkPair {
    try ChunkPairSearch(task: task, setting: setting, lockingTarget: lockingTarget).pair(
      source, nil, on: target)
  }
}

/// One search for a task's chunk on both sides.
struct ChunkPairSearch {
  let task: BackfillTask
  let setting: PairSetting
  let lockingTarget: Bool

  func find(_ sessions: borrowing WorkerSessions) throws -> ChunkPair? {
    let (found, hinted) = try describeBoth(sessions)
    guard let source = found else {
      try refuseMovedRows(on: sessions.source)
      return nil
    }
    return try pair(source, hinted, on: sessions.target)
  }

  /// - Parameter hinted: what the target says of the chunk that staging noted; nil to ask.
  func pair(
    _ source: ChunkDescription, _ hinted: Result<TargetDescription, any Error>?,
    on connection: borrowing Connection
  ) throws -> ChunkPair {
    guard !source.isTiered else { throw TaskFailure(.tiered) }
    guard source.batchesAreKnown else { throw TaskFailure(.unknownBatches(.source)) }
    try task.refuseDisagreement(with: source)
    let answer = if let hinted { hinted } else { hint(on: connection) }
    let target = try target(for: source, answer, on: connection)
    guard !target.columns.isEmpty else { throw TaskFailure(.noTargetHypertable(task.targetHypertable)) }
    guard !target.isUnlogged, target.chunk?.isUnlogged != true else {
      throw TaskFailure(.unloggedTarget(hypertable: task.targetHypertable))
    }
    guard target.chunk?.batchesAreKnown != false else { throw TaskFailure(.unknownBatches(.target)) }
    return ChunkPair(task, source: source, target: target)
  }

  private func hint(on target: borrowing Connection) -> Result<TargetDescription, any Error> {
    do {
      return .success(try describe(task.targetChunk, on: target))
    } catch {
      return .failure(error)
    }
  }

  /// Asks both sides at the same time; the target about the chunk that staging noted, which may be gone.
  private func describeBoth(
    _ sessions: borrowing WorkerSessions
  ) throws -> (source: ChunkDescription?, target: Result<TargetDescription, any Error>) {
    let operation = "describing chunk \(task.chunk)"
    let asked = ContinuousClock.now
    try sessions.source.send(
      sessions.openSource(snapshot: task.snapshot) + ChunkDescription.question(task.chunk).sql,
      doing: operation)
    let hinted = hint(on: sessions.target)
    let found = try sessions.source.rows(doing: operation) { row throws(PostgresError) in
      try ChunkDescription(row, name: task.chunk)
    }
    sessions.control.noteSourceLatency(ContinuousClock.now - asked)
    return (found.first, hinted)
  }

  /// A chunk that is gone took its rows along only if no other one has them now: merge_chunks and the roll-up of
  /// compressed chunks keep one chunk, and widen it; tiering moves rows to object storage.
  private func refuseMovedRows(on source: borrowing Connection) throws {
    guard let hypertable = task.hypertable, !task.slices.isEmpty,
      let capabilities = setting.source?.capabilities
    else {
      throw TaskFailure(.goneWithoutRange)
    }
    let found = try source.query(
      ChunkDescription.covering(
        hypertable: hypertable, dimensions: task.slices.map { ($0.column, $0.range) },
        capabilities: capabilities),
      doing: "looking for what has become of chunk \(task.chunk)"
    ) { row throws(PostgresError) in
      (name: try row.name("schema_name", "table_name"), isTiered: try row.flag("osm_chunk"))
    }
    guard let chunk = found.first else { return }
    throw TaskFailure(
      chunk.isTiered ? .goneAndTiered(hypertable: hypertable) : .goneInto(chunk: chunk.name))
  }
}
