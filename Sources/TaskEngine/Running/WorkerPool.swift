public import ChunkCatalog
public import Postgres
import Waiting

/// What happens in a pool, told from the workers' threads.
public enum PoolEvent: Sendable {
  case began(worker: Int, task: BackfillTask)
  case moved(worker: Int, bytes: Int)
  /// What a worker does with its task from now on.
  case phase(worker: Int, TaskPhase)
  case finished(worker: Int, task: BackfillTask, outcome: TaskOutcome, duration: Duration)
  case failed(worker: Int, task: BackfillTask, failure: TaskFailure)
  /// A worker has its sessions.
  ///
  /// - process: the server's behind the one on the target.
  case connected(worker: Int, process: Int64)
  /// A session was lost or could not be had; it is tried again after a wait.
  case reconnecting(worker: Int, error: PostgresError, wait: Duration)
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

/// Workers on one queue, as many as the run's control wants at any time.
public struct WorkerPool: Sendable {
  public var setting: RunSetting
  /// Shown in pg_stat_activity.
  public var purpose: String

  public init(setting: RunSetting, purpose: String) {
    self.setting = setting
    self.purpose = purpose
  }

  private enum Happening: Sendable {
    case ended(WorkerEnd, worker: Int)
    case looked
  }

  /// Runs until every worker has ended. Events come from the workers' threads.
  ///
  /// - Parameters:
  ///   - interval: how often the number of workers is brought to what is wanted.
  ///   - look: called as often, before that; may change what is wanted.
  public func run(
    _ work: any TaskWork, every interval: Duration = .milliseconds(500),
    look: @escaping @Sendable () async -> Void = {}, observe: @escaping @Sendable (PoolEvent) -> Void
  ) async -> [WorkerEnd] {
    // What an earlier turn found says nothing about this one.
    setting.control.nothingIsLeft = false
    return await withTaskGroup(of: Happening.self) { group in
      var ends: [WorkerEnd] = []
      var running: Set<Int> = []
      var workIsLeft = true
      func startWorkers() {
        guard workIsLeft, !setting.control.isStopping else { return }
        for number in 1...setting.control.parallelism where running.insert(number).inserted {
          let worker = Worker(
            number: number, work: work, setting: setting, purpose: purpose, observe: observe)
          group.addTask { .ended(await DedicatedThread.run { worker.run() }, worker: number) }
        }
      }
      func lookLater() {
        group.addTask {
          try? await Task.sleep(for: interval)
          if !Task.isCancelled { await look() }
          return .looked
        }
      }
      startWorkers()
      lookLater()
      for await happening in group {
        switch happening {
        case .ended(let end, let worker):
          running.remove(worker)
          ends.append(end)
          // A worker that found nothing, or could not go on, is a sign for all: no new ones after it.
          if case .drained = end {} else { workIsLeft = false }
        case .looked:
          startWorkers()
          if !running.isEmpty { lookLater() }
        }
        if running.isEmpty { group.cancelAll() }
      }
      return ends
    }
  }
}
