import ChunkCatalog
import Loading
import Postgres
import TaskEngine
import TimescaleDB
import Waiting

/// What all workers of a load share.
struct LoadSetting: Sendable {
  let target: ConnectionString
  let plan: LoadPlan
  let transaction: LoadTransaction
  let options: LoadOptions
  var source: LoadSource
  let identity: DatabaseIdentity
  let interrupt: Interrupt
  let reporter: any Reporter
  /// Each commit is waited for: what is lost can't be read once more.
  let isDurable: Bool
  var state: LoadState

  var retry: RetryPolicy { RetryPolicy(budget: options.retryBudget) }

  /// No new batch is to be begun.
  var isStopping: Bool { interrupt.stage != .running || state.failure != nil }

  /// Opens a session that leads to the database that the run began with. Its commits may be lost in a crash of the
  /// server together with the batches' marks, never without them; the load's end waits for all.
  ///
  /// - Throws: `PostgresError`.
  func open(synchronousCommit: Bool = false) throws(PostgresError) -> Connection {
    let session = try Connection.open(
      target, side: .target, settings: .timescaleDB, purpose: "load", interrupt: interrupt,
      synchronousCommit: synchronousCommit)
    try identity.check(session)
    return session
  }
}

/// Takes batch after batch, and loads each in a transaction of its own.
struct LoadWorker {
  let number: Int
  let setting: LoadSetting

  /// Times that a batch is begun anew because the server said that it was cancelled: it may have been cancelled for a
  /// setting that changed (`Connection.sendCopy`), or by a person, who means it.
  private static let cancellations = 3

  /// What comes after a try.
  private enum Next {
    case another
    case again
    case connecting
    case ending
  }

  /// A batch on its way, and how its tries went.
  private struct Attempt {
    var input: LoadSource.Input?
    var isPiecewise = false
    var cancellations = 0
    var outage: RetryPolicy.Outage
  }

  /// - Parameter isWanted: whether there are to be so many workers.
  func run(while isWanted: () -> Bool) {
    let batch = Batch(size: setting.options.batchSize)
    var attempt = Attempt(outage: .init(setting.retry))
    // A batch that is left behind is loaded by nobody in this run.
    defer { if attempt.input != nil { setting.state.stop() } }
    while !setting.isStopping, attempt.input != nil || !setting.source.isExhausted {
      let session: Connection
      do throws(PostgresError) {
        session = try open()
      } catch {
        guard wait(after: error, &attempt) else { return }
        continue
      }
      // One that was lost with its session comes first.
      var next = attempt.input == nil ? Next.another : .again
      while next == .another || next == .again {
        if next == .another {
          guard isWanted(), let input = take(batch) else { return }
          attempt = Attempt(input: input, outage: .init(setting.retry))
        }
        next = perform(batch, &attempt, on: session)
      }
      if next == .ending { return }
    }
  }

  private func open() throws(PostgresError) -> Connection {
    let session = try setting.open(synchronousCommit: setting.isDurable)
    try session.execute(QueueTrust.guarding + setting.plan.preparation, doing: "preparing to load")
    return session
  }

  private func take(_ batch: Batch) -> LoadSource.Input? {
    guard !setting.isStopping else { return nil }
    do throws(LoadFailure) {
      return try setting.source.next(into: batch).map { setting.source.inputs[$0] }
    } catch {
      setting.state.fail(error)
      return nil
    }
  }

  private func perform(_ batch: Batch, _ attempt: inout Attempt, on session: borrowing Connection) -> Next {
    guard let input = attempt.input else { return .another }
    let load = BatchLoad(
      plan: setting.plan, transaction: setting.transaction, errors: setting.options.errors, batch: batch,
      input: input)
    do {
      let mark =
        attempt.isPiecewise
        ? try load.loadPieceByPiece(on: session) { setting.state.tell($0, setting.reporter) }
        : try load.loadAtOnce(on: session)
      setting.state.add(mark)
      attempt = Attempt(outage: .init(setting.retry))
      return .another
    } catch let error as PostgresError {
      return next(after: error, &attempt, on: session)
    } catch {
      session.rollBack()
      setting.state.fail(error as? LoadFailure ?? .stopped)
      return .ending
    }
  }

  private func next(
    after error: PostgresError, _ attempt: inout Attempt, on session: borrowing Connection
  ) -> Next {
    if !session.isUsable || error.isConnectionTrouble {
      return wait(after: error, &attempt) ? .connecting : .ending
    }
    session.rollBack()
    if error.isAboutRecord, !attempt.isPiecewise {
      attempt.isPiecewise = true
      return .again
    }
    let isCancelled = error.sqlState == SQLState.queryCanceled
    if isCancelled { attempt.cancellations += 1 }
    if error.isTransient || isCancelled && attempt.cancellations < Self.cancellations {
      return wait(after: error, &attempt) ? .again : .ending
    }
    setting.state.fail(LoadFailure(error))
    return .ending
  }

  /// Waits before another try. A worker without a batch isn't needed where others leave it none.
  ///
  /// - Returns: false where there is to be none.
  private func wait(after error: PostgresError, _ attempt: inout Attempt) -> Bool {
    let isPassing = error.isConnectionTrouble || error.isTransient || error.sqlState == SQLState.queryCanceled
    guard error.kind != .cancelled, isPassing,
      let pause = attempt.outage.wait(now: .now, random: .random(in: 0..<1))
    else {
      setting.state.fail(LoadFailure(error))
      return false
    }
    setting.state.tellTrouble(error, setting.reporter)
    let end = ContinuousClock.now + pause
    while ContinuousClock.now < end {
      // Nothing is known to be lost, but it isn't loaded either.
      guard !setting.isStopping else {
        setting.state.stop()
        return false
      }
      if attempt.input == nil, setting.source.isExhausted { return false }
      setting.interrupt.sleep(min(.milliseconds(100), end - .now), until: .draining)
    }
    return true
  }
}
