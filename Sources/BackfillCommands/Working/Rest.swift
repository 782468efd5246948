import ChunkCatalog
import Postgres
import TaskEngine
import Waiting

/// What is left of the work when no task can be claimed any more: each is claimed by somebody.
struct Rest: Sendable {
  /// There is something to claim after all.
  var isFree = false
  /// Tasks that other living runs are working on.
  var withOthers = 0
  /// Tasks that something else has locked.
  var held: [HeldChunk] = []
  /// Some of those are held by sessions that this run has lost.
  var waitsForLost = false

  var isEmpty: Bool { !isFree && withOthers == 0 && held.isEmpty }

  /// More than any number of workers could hold.
  private static let limit = 5000

  /// - Throws: `PostgresError`.
  static func look(
    _ work: Queue.Work, _ setting: RunSetting, on target: borrowing Connection
  ) throws(PostgresError) -> Rest {
    var rest = Rest()
    let tasks = try setting.queue.open(work, limit: limit, on: target)
    guard !tasks.isEmpty else { return rest }
    let observer = try Connection.open(
      setting.target, side: .target, purpose: work.command, interrupt: setting.control.interrupt)
    for task in tasks {
      let holder = try TaskHolder.find(
        of: task, run: setting.queue.run, prober: target, observer: observer,
        interrupt: setting.control.interrupt)
      guard let holder else {
        rest.isFree = true
        return rest
      }
      switch holder.standing {
      case .living: rest.withOthers += 1
      case .lost, .other:
        rest.held.append(HeldChunk(chunk: task.chunk, holder: holder.description))
        rest.waitsForLost = rest.waitsForLost || holder.standing == .lost
      }
    }
    return rest
  }
}

extension PoolRun {
  /// A transaction that was just ending, and a session whose client has just died, are gone by then.
  private static let patience = Duration.seconds(5)
  /// Turns in which there seemed to be something to claim, and no worker could.
  private static let fruitlessTurns = 5

  /// Works until nothing is left that this run could do. What was claimed by others when the workers had done the rest
  /// may be given back, and what they believed committed may be lost with the target's server: both are found here.
  ///
  /// - Returns: how the workers ended, and what others have; nothing is known of that where the run was stopped.
  func workToTheEnd(
    _ work: any TaskWork, _ session: QueueSession, _ parallelism: Parallelism
  ) async throws(CommandFailure) -> (ends: [WorkerEnd], rest: Rest) {
    let control = session.setting.control
    var fruitless = 0
    while true {
      let before = totals.finished
      let ends = await self.work(work, session, parallelism)
      let gaveUp = ends.contains { if case .failed = $0 { true } else { false } }
      guard !gaveUp, !control.isStopping else { return (ends, Rest()) }
      let rest = try await settledRest(session)
      fruitless = totals.finished == before ? fruitless + 1 : 0
      guard rest.isFree, fruitless < Self.fruitlessTurns, !control.isStopping else { return (ends, rest) }
    }
  }

  /// What is left, after a while in which those who have no business with it may let go.
  private func settledRest(_ session: QueueSession) async throws(CommandFailure) -> Rest {
    let started = ContinuousClock.now
    var isTold = false
    while true {
      let rest = try await session.rest()
      let patience =
        rest.waitsForLost
        ? max(Self.patience, session.setting.control.timeOfLostSessions) : Self.patience
      guard !rest.isFree, let first = rest.held.first, ContinuousClock.now < started + patience,
        !session.setting.control.isStopping
      else { return rest }
      if !isTold { tellOfWaiting(for: first, of: rest.held.count) }
      isTold = true
      await DedicatedThread.run {
        session.setting.control.interrupt.sleep(.milliseconds(250), until: .draining)
      }
    }
  }
}
