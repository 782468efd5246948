public import ChunkCatalog
public import Postgres

/// What happens in a pool, told from the workers' threads.
public enum PoolEvent: Sendable {
  case began(worker: Int, task: BackfillTask)
  case moved(worker: Int, bytes: Int)
  case finished(worker: Int, task: BackfillTask, outcome: TaskOutcome, duration: Duration)
  case failed(worker: Int, task: BackfillTask, failure: TaskFailure)
  case reconnecting(worker: Int, error: PostgresError)
}

/// How a worker ended; every way there is.
public enum WorkerEnd: Sendable {
  /// Nothing was left to claim.
  case finished
  /// Asked to stop; its last task is done.
  case drained
  /// Made to stop; its last task is undone.
  case cancelled
  /// Could not go on.
  case failed(PostgresError)
}

/// A number of workers on one queue.
public struct WorkerPool: Sendable {
  public var setting: RunSetting
  /// Workers at the same time; as many connections on each side.
  public var parallelism: Int
  /// Shown in pg_stat_activity.
  public var purpose: String

  public init(setting: RunSetting, parallelism: Int, purpose: String) {
    self.setting = setting
    self.parallelism = parallelism
    self.purpose = purpose
  }

  /// Runs until every worker has ended. Events come from the workers' threads.
  public func run(
    _ work: any TaskWork, observe: @escaping @Sendable (PoolEvent) -> Void
  ) async -> [WorkerEnd] {
    await withTaskGroup(of: WorkerEnd.self) { group in
      for number in 1...max(1, parallelism) {
        let worker = Worker(
          number: number, work: work, setting: setting, purpose: purpose, observe: observe)
        group.addTask { await DedicatedThread.run { worker.run() } }
      }
      var ends: [WorkerEnd] = []
      for await end in group { ends.append(end) }
      return ends
    }
  }
}
