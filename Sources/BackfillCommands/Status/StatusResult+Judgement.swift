import ChunkCatalog
import Postgres
import TimescaleDB

extension StatusResult {
  /// What it all comes to. Pure: facts in, judgement out.
  init(_ facts: QueueStatus, _ database: ConnectedDatabase) {
    let queue: QueuePresence =
      !facts.shape.hasQueue ? .absent : facts.hypertables.isEmpty ? .empty : .present
    self.init(database: database, now: facts.shape.now, queue: queue)
    let estimate = SizeEstimate(facts.hypertables)
    hypertables = facts.hypertables.map {
      HypertableStatus(name: facts.name($0.hypertable), progress: estimate.progress($0))
    }
    progress = .sum(hypertables.map(\.progress))
    let judgement = RunJudgement(facts)
    runs = judgement.runs
    failures = facts.tasks.flatMap { TaskTrouble.all(of: $0, at: facts.place($0)) }
    deferred = facts.deferred.map { DeferredStatus(hypertable: facts.name($0.hypertable), work: $0) }
    let unfinished = deferred.filter { $0.work.partsLeft == 0 }
    troubles = judgement.troubles + unfinished.map { .unfinished($0) }
    pace = Pace(facts, progress, runs)
    verdict = Self.verdict(progress, isRunning: isRunning, isUnfinished: !unfinished.isEmpty)
    recordedJobs = facts.shape.tables.contains(JobRecord.name) ? facts.recordedJobs : 0
    next =
      isRunning
      ? nil
      : Self.next(progress, needsRefresh: facts.needsRefresh, hasJobsOff: (recordedJobs ?? 0) > 0)
    isOfArchive = facts.isOfArchive
    notes = Self.notes(facts.shape)
  }

  /// Failures and differences outweigh that a run is going on: they want somebody's eye before it ends.
  static func verdict(_ progress: QueueProgress, isRunning: Bool, isUnfinished: Bool) -> Verdict {
    if progress.differing > 0 { return .differs }
    if progress.failed > 0 { return .failed }
    if isRunning { return .running }
    return progress.tasks.verified < progress.tasks.all || isUnfinished ? .waiting : .done
  }

  /// The next step of a migration, with nobody at work.
  static func next(
    _ progress: QueueProgress, needsRefresh: Bool, hasJobsOff: Bool
  ) -> NextStep {
    if progress.tasks.all == 0 { return .stage }
    if progress.tasks.copied < progress.tasks.all { return .copy }
    if progress.differing > 0 { return .copyDiffering }
    if progress.tasks.verified < progress.tasks.all { return .verify }
    if needsRefresh { return .refreshCaggs }
    return hasJobsOff ? .jobsOn : .clean
  }

  /// - Parameter tables: what there may be more to tell from than the tasks.
  static func notes(
    _ shape: QueueShape, tables: [String] = ["run", "deferred", "split", JobRecord.name, "session"]
  ) -> [StatusFinding] {
    guard shape.hasQueue else { return [] }
    let role = Identifier(shape.role)
    var notes: [StatusFinding] = []
    if let owner = shape.stranger { notes.append(.strangersQueue(owner: Identifier(owner))) }
    let hidden = tables.filter { shape.tables.contains($0) && !shape.reads($0) }
    if !hidden.isEmpty { notes.append(.unreadableTables(hidden, role: role)) }
    return notes
  }
}

extension QueueStatus {
  /// What users call a hypertable.
  func name(_ hypertable: QualifiedName) -> QualifiedName { aggregates[hypertable] ?? hypertable }

  func place(_ task: NotableTask) -> TaskPlace {
    let hypertable = name(task.hypertable)
    return TaskPlace(
      priority: task.priority, chunk: task.chunk,
      place: task.time.map { ChunkPlace(hypertable: hypertable, $0, type: task.timeType) }
        ?? ChunkPlace(hypertable: hypertable),
      part: task.part)
  }

  /// Continuous aggregates are there, and weren't refreshed by us since the last copy.
  var needsRefresh: Bool {
    guard !aggregates.isEmpty else { return false }
    let copied = runs.filter(\.copies).map(\.id).max() ?? 0
    return !runs.contains { $0.command == "refresh-caggs" && $0.isDone && $0.id > copied }
  }
}

extension TaskTrouble {
  /// A task that differs may have failed since: both are told.
  fileprivate static func all(of task: NotableTask, at place: TaskPlace) -> [TaskTrouble] {
    var troubles: [TaskTrouble] = []
    if let error = task.error {
      troubles.append(
        TaskTrouble(kind: .failed, task: place, message: error, attempts: task.attempts, at: task.failedAt))
    }
    if let difference = task.difference {
      troubles.append(
        TaskTrouble(kind: .differs, task: place, message: difference, attempts: task.attempts, at: nil))
    }
    return troubles
  }
}
