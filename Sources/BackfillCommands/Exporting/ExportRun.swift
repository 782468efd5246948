import Archive
import ChunkCatalog
import Postgres
import Synchronization
import TaskEngine
import TimescaleDB
import Waiting

/// The workers of an export, and what they share.
final class ExportRun: Sendable {
  let plan: OpenedArchive
  let archive: ArchiveDirectory
  let source: ConnectionString
  let installation: Installation
  let level: Int
  let asRows: Bool
  let retry: RetryPolicy
  let interrupt: Interrupt
  let reporter: any Reporter

  private struct State {
    /// Tasks that nobody has, as far as it is known, in the order of work.
    var open: ArraySlice<ExportPlanner.Task>
    /// Tasks that other processes have.
    var elsewhere: [ExportPlanner.Task] = []
    var inHand = 0
    var workers = 0
    var finished = 0
    var result = ExportResult()
    /// What ends the run.
    var failure: CommandFailure?
  }

  private let state: Mutex<State>
  private let total: Int

  init(
    plan: OpenedArchive, archive: ArchiveDirectory, source: ConnectionString, installation: Installation,
    level: Int, asRows: Bool, retry: RetryPolicy, interrupt: Interrupt, reporter: any Reporter
  ) {
    self.plan = plan
    self.archive = archive
    self.source = source
    self.installation = installation
    self.level = level
    self.asRows = asRows
    self.retry = retry
    self.interrupt = interrupt
    self.reporter = reporter
    total = plan.tasks.count
    state = Mutex(State(open: plan.tasks[...]))
    let bytes = plan.tasks.reduce(Int64?.some(0)) { sum, task in
      sum.flatMap { sum in task.chunk.contents.map { sum + $0.bytes } }
    }
    reporter.report(.planned(Workload(tasks: total, tasksBefore: plan.finished, bytes: bytes)))
  }

  /// Works until all files are there, or the run ends for another reason. The caller holds the snapshot until then.
  ///
  /// - Throws: `CommandFailure`, for what ends the run.
  func perform(workers: Int) throws(CommandFailure) -> ExportResult {
    let count = min(workers, max(1, total))
    state.withLock { $0.workers = total > 0 ? count : 0 }
    if total > 0 {
      for number in 1...count {
        DedicatedThread.launch {
          ExportWorker(number: number, run: self).work()
          self.state.withLock { $0.workers -= 1 }
        }
      }
    }
    // Workers end by themselves, also where the run is cancelled.
    while state.withLock({ $0.workers > 0 }) { Interrupt().sleep(.milliseconds(50)) }
    return try settled()
  }

  private func settled() throws(CommandFailure) -> ExportResult {
    let (found, failure) = state.withLock { ($0.result, $0.failure) }
    var result = found
    result.kept += plan.finished
    result.batches += plan.finishedAsBatches
    result.left = plan.manifest.files.count - result.kept - result.written
    result.stopped = interrupt.stage != .running
    if let failure, result.left > 0, !result.stopped {
      guard case .failed(.archive(.full(let directory, let reason, _))) = failure else { throw failure }
      throw .failed(.archive(.full(directory: directory, reason: reason, remaining: result.left)))
    }
    return result
  }
}

extension ExportRun {
  /// What a worker is to do next.
  enum Step {
    case task(ExportPlanner.Task)
    /// Others have what is left.
    case wait
    case end
  }

  var isStopping: Bool { interrupt.stage != .running || state.withLock { $0.failure != nil } }

  func next() -> Step {
    guard !isStopping else { return .end }
    return state.withLock { state in
      if state.open.isEmpty {
        // They are looked at again, each by one worker.
        state.open = state.elsewhere[...]
        state.elsewhere = []
        if state.open.isEmpty { return state.inHand > 0 ? .wait : .end }
      }
      state.inHand += 1
      return .task(state.open.removeFirst())
    }
  }

  /// Another process has it: it is looked at again later.
  func leave(_ task: ExportPlanner.Task) {
    state.withLock { state in
      state.inHand -= 1
      state.elsewhere.append(task)
    }
    // Where all that is left is with others, this is the pace at which it is looked for.
    interrupt.sleep(.milliseconds(250), until: .draining)
  }

  /// Gives back what was begun and undone.
  func giveBack(_ task: ExportPlanner.Task) {
    state.withLock { state in
      state.inHand -= 1
      state.open.insert(task, at: state.open.startIndex)
    }
  }

  /// Another process has finished it.
  func keep(_ file: ArchivedChunk) {
    state.withLock { state in
      state.inHand -= 1
      state.result.kept += 1
      if file.batches != nil { state.result.batches += 1 }
    }
  }

  func finish(_ task: ExportPlanner.Task, _ file: ArchivedChunk, worker: Int, in duration: Duration) {
    let chunk = state.withLock { state in
      state.inHand -= 1
      state.finished += 1
      state.result.written += 1
      if file.batches != nil { state.result.batches += 1 }
      state.result.rows += file.rows
      state.result.bytes += file.bytes
      state.result.copiedBytes += file.copiedBytes
      return FinishedChunk(
        worker: worker, number: state.finished, total: max(total, state.finished), outcome: .exported,
        chunk: task.chunk.name, duration: duration, rows: file.rows, bytes: file.copiedBytes, remarks: [],
        place: task.place, expectedBytes: task.chunk.contents?.bytes)
    }
    reporter.report(.finished(chunk))
  }

  func fail(_ task: ExportPlanner.Task, _ failure: TaskFailure, worker: Int) {
    let chunk = state.withLock { state in
      state.inHand -= 1
      state.finished += 1
      let chunk = FailedChunk(
        worker: worker, number: state.finished, total: max(total, state.finished), chunk: task.chunk.name,
        failure: failure, place: task.place, expectedBytes: task.chunk.contents?.bytes)
      state.result.failures.append(chunk)
      return chunk
    }
    reporter.report(.failed(chunk))
  }

  /// Ends the run: what is in hand finishes.
  func end(_ failure: CommandFailure) {
    state.withLock { if $0.failure == nil { $0.failure = failure } }
  }

  /// The same with a task in hand, which is undone.
  func end(_ failure: CommandFailure, undoing task: ExportPlanner.Task) {
    giveBack(task)
    end(failure)
  }
}

extension ExportPlanner.Task {
  var place: ChunkPlace {
    guard let time = hypertable.timeDimension?.timeType, let index = hypertable.dimensions.timeIndex else {
      return ChunkPlace(hypertable: hypertable.knownName)
    }
    return ChunkPlace(
      hypertable: hypertable.knownName, chunk.slices[index].intersection(range), type: time.rawValue)
  }
}
