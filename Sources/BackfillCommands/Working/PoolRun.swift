import ChunkCatalog
import Postgres
import Synchronization
import TaskEngine
import Waiting

/// Counts what a pool's workers tell, and passes it on to the person: the part that `copy` and `verify` share.
final class PoolRun: Sendable {
  struct Totals {
    var finished = 0
    var copied = 0
    var skipped = 0
    var verified = 0
    /// Whose rows are as many on both sides, and weren't looked at.
    var counted = 0
    var differing = 0
    var differences: [FinishedChunk] = []
    var rows: Int64 = 0
    var bytes: Int64 = 0
    /// Bytes that went over the wire, those of unfinished chunks included.
    var moved: Int64 = 0
    var failures: [FailedChunk] = []
    /// The tasks of `failures`, in the same order.
    var failedTasks: [Int64] = []
    /// Tasks that were told to be done. One of which a lost session and another worker both tell counts once, and so does
    /// one whose commit a crash of the server took back.
    fileprivate var finishedTasks: Set<Int64> = []
  }

  private let total: Int
  private let overview: Overview
  private let reporter: any Reporter
  private let state = Mutex(Totals())
  private let phases = Mutex(WorkerPhases())
  /// What was said of lost servers, and when.
  private let told = Mutex<[String: ContinuousClock.Instant]>([:])
  /// Of many workers that lose one server, and try again every few seconds, each would say the same.
  private static let silence = Duration.seconds(30)

  init(total: Int, _ overview: Overview = Overview(), reporter: any Reporter) {
    self.total = total
    self.overview = overview
    self.reporter = reporter
    reporter.report(.planned(overview.workload(total)))
  }

  var totals: Totals { state.withLock { $0 } }

  func observe(_ event: PoolEvent) {
    switch event {
    case .began(let worker, let task):
      let chunk = StartedChunk(
        chunk: task.chunk, part: overview.part(of: task), place: overview.place(of: task),
        expectedBytes: overview.expectedBytes(of: task), task: overview.task(task))
      reporter.report(.began(worker: worker, chunk))
    case .connected(let worker, let process): phases.withLock { $0.connect(worker, process: process) }
    case .phase(let worker, let phase):
      tellPhases { [(worker, $0.take(worker, phase))] }
    case .moved(let worker, let bytes):
      state.withLock { $0.moved += Int64(bytes) }
      reporter.report(.moved(worker: worker, bytes: bytes))
    case .reconnecting(let worker, let error, let wait):
      phases.withLock { $0.end(worker) }
      reporter.report(.phase(worker: worker, .reconnecting(after: wait, because: error)))
      guard isNews("\(error)") else { return }
      reporter.report(.warning(.work(.reconnecting(error, wait: wait))))
    case .failed(let worker, let task, let failure):
      phases.withLock { $0.end(worker) }
      let chunk = state.withLock { totals in
        totals.finished += 1
        let chunk = FailedChunk(
          worker: worker, number: totals.finished, total: max(total, totals.finished), chunk: task.chunk,
          failure: failure, place: overview.place(of: task),
          expectedBytes: overview.expectedBytes(of: task), task: overview.task(task))
        totals.failures.append(chunk)
        totals.failedTasks.append(task.priority)
        return chunk
      }
      reporter.report(.failed(chunk))
    case .finished(let worker, let task, let outcome, let duration):
      phases.withLock { $0.end(worker) }
      // Without one the task comes round again.
      guard let kind = outcome.kind.told else { return }
      let chunk = state.withLock { totals in
        // Another worker took it up after all.
        totals.forgetFailures { $0 == task.priority }
        let isNew = totals.finishedTasks.insert(task.priority).inserted
        if isNew { totals.count(outcome, as: kind) }
        let chunk = FinishedChunk(
          worker: worker, number: totals.finished, total: max(total, totals.finished),
          outcome: kind, chunk: task.chunk, duration: duration, rows: outcome.rows,
          bytes: outcome.bytes, remarks: outcome.remarks, place: overview.place(of: task),
          expectedBytes: overview.expectedBytes(of: task), task: overview.task(task))
        if isNew, kind == .differs { totals.differences.append(chunk) }
        return chunk
      }
      reporter.report(.finished(chunk))
    }
  }

  /// Tells with the lock held: what the server said of a worker a moment ago must not come behind what the worker has said
  /// since.
  private func tellPhases(_ change: (inout WorkerPhases) -> [(worker: Int, phase: WorkerPhase)]) {
    phases.withLock { phases in
      for (worker, phase) in change(&phases) { reporter.report(.phase(worker: worker, phase)) }
    }
  }

  private func isNews(_ message: String) -> Bool {
    told.withLock { told in
      let now = ContinuousClock.now
      // What goes on being so was said.
      defer { told[message] = now }
      return told[message].map { $0 + Self.silence <= now } ?? true
    }
  }

  /// Says what the end of the run waits for.
  func tellOfWaiting(for held: HeldChunk, of count: Int) {
    reporter.report(.note(.work(.awaitingChunk(held, count: count))))
  }

  /// Runs the workers to their end, changing their number as is wanted.
  func work(
    _ work: any TaskWork, _ session: QueueSession, _ parallelism: Parallelism
  ) async -> [WorkerEnd] {
    let control = session.setting.control
    control.parallelism = min(control.parallelism, max(1, total))
    let tuning = Tuning(
      parallelism, asked: await session.askedParallelism(noting: totals.counters), control: control,
      reporter: reporter)
    let watch = LockWatch(session.setting, reporter: reporter)
    return await WorkerPool(setting: session.setting, purpose: session.command).run(work) {
      let totals = self.totals
      let activity = await session.activity()
      self.tellPhases { $0.take(activity) }
      await watch.look(at: activity.strangers, progress: totals.progress)
      tuning.look(
        progress: totals.progress, asked: await session.askedParallelism(noting: totals.counters))
    } observe: {
      self.observe($0)
    }
  }

  /// The line for the run's record.
  func report(_ ends: [WorkerEnd], _ open: OpenTasks, control: RunControl) -> QueueSession.Report {
    let totals = totals
    let counters = totals.counters
    let gaveUp = ends.contains { if case .failed = $0 { true } else { false } }
    let outcome: RunOutcome =
      control.interrupt.stage != .running
      ? .stopped
      : control.haltReason?.outcome ?? (gaveUp ? .workerGaveUp : nil)
        ?? (open.held.isEmpty && !open.isFree ? nil : .workIsLocked)
        ?? (totals.failures.isEmpty && totals.differing == 0 ? .done : .notAllWell)
    return QueueSession.Report(
      outcome: outcome, chunks: counters.chunks, rows: counters.rows, bytes: counters.bytes,
      failures: counters.failures, gaveUp: gaveUp)
  }

  /// What the workers' ends mean for the run: one that could not go on makes it fail, unless the others did all the
  /// work there was, and so does a run that stopped by itself.
  ///
  /// - Throws: `CommandFailure.failed`.
  static func settle(
    _ ends: [WorkerEnd], control: RunControl, remaining: Int
  ) throws(CommandFailure) {
    guard remaining > 0, control.interrupt.stage == .running else { return }
    if case .diskFull(let side) = control.haltReason, !control.failsFast {
      throw .failed(.work(.diskFull(side, remaining: remaining)))
    }
    for case .failed(let error) in ends { throw CommandFailure(error) }
  }
}

extension PoolRun.Totals {
  /// Tasks that need nothing more done.
  var done: Int { copied + verified + counted + skipped }

  /// What grows with the work done: bytes while copying, rows while comparing, which moves none.
  var progress: Int64 { moved > 0 ? moved : rows }

  /// What the run's record says.
  var counters: RunRecord.Counters {
    RunRecord.Counters(
      chunks: done + differing, rows: rows, bytes: bytes, failures: failures.count)
  }

  mutating func forgetFailures(_ isMended: (Int64) -> Bool) {
    let kept = failedTasks.indices.filter { !isMended(failedTasks[$0]) }
    guard kept.count < failedTasks.count else { return }
    failures = kept.map { failures[$0] }
    failedTasks = kept.map { failedTasks[$0] }
  }

  mutating func count(_ outcome: TaskOutcome, as kind: FinishedChunk.Outcome) {
    finished += 1
    // Rows that differ are neither copied nor verified.
    if kind != .differs { rows += outcome.rows }
    bytes += outcome.bytes
    switch kind {
    case .copied: copied += 1
    case .skipped: skipped += 1
    case .verified: verified += 1
    case .counted: counted += 1
    // Of a run that has no queue.
    case .exported: break
    case .differs: differing += 1
    }
  }
}

extension HaltReason {
  /// As the run's record keeps it.
  var outcome: RunOutcome {
    switch self {
    case .diskFull(let side): .diskFull(side)
    case .taskFailed: .taskFailed
    }
  }
}

extension TaskOutcome.Kind {
  /// nil for a chunk that was only made ready for its parts.
  var told: FinishedChunk.Outcome? {
    switch self {
    case .copied: .copied
    case .prepared: nil
    case .skipped: .skipped
    case .verified: .verified
    case .counted: .counted
    case .differs: .differs
    }
  }
}
