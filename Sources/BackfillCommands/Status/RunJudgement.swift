import ChunkCatalog
import Postgres

/// Which runs there are, what state each is in, and what is stuck: from sessions, the run history and who has which task
/// locked.
struct RunJudgement {
  private(set) var runs: [RunStatus] = []
  private(set) var troubles: [StatusTrouble] = []

  private let facts: QueueStatus

  /// A run asks for its parallelism twice a second. One that is silent for longer is stopped, or its machine is gone, as
  /// `RunLock` has it too.
  static let patience = Duration.seconds(15)
  /// As many that ended are told of.
  private static let remembered = 20

  init(_ facts: QueueStatus) {
    self.facts = facts
    let leaders = facts.sessions.filter { $0.queueLock != nil && $0.isOurs }
    let records = Self.matches(leaders, facts.runs)
    for leader in leaders { runs.append(run(leader, records[leader.process])) }
    addDead(besides: Set(records.values.map(\.id)))
    runs += facts.runs.filter { $0.ended != nil }.prefix(Self.remembered).map {
      RunStatus(command: $0.command, state: .ended, record: $0)
    }
    addOrphans(leaders)
    troubles += strangers
    for run in runs {
      for worker in run.workers {
        guard case .waiting(let lock) = worker.phase, lock.holders.contains(where: { !$0.isOurs })
        else { continue }
        troubles.append(.waiting(process: worker.process, worker.task, lock))
      }
    }
  }

  /// Each leader's line of the history. A run that made up for a lost session has another one than it noted: it is the
  /// newest of its command that nobody else is.
  static func matches(
    _ leaders: [TargetSession], _ history: [RecordedRun]
  ) -> [Int64: RecordedRun] {
    var open = history.filter { $0.ended == nil }
    var found: [Int64: RecordedRun] = [:]
    for leader in leaders {
      let index = open.firstIndex { record in
        guard record.backend == leader.process else { return false }
        // The server may have given an old process's number to a new one.
        guard let session = leader.started, let run = record.started else { return true }
        return session <= run
      }
      if let index { found[leader.process] = open.remove(at: index) }
    }
    for leader in leaders where found[leader.process] == nil {
      guard let index = open.firstIndex(where: { $0.command == leader.command }),
        let begun = open[index].started, leader.started.map({ begun < $0 }) ?? true
      else { continue }
      found[leader.process] = open.remove(at: index)
    }
    return found
  }

  private func run(_ leader: TargetSession, _ record: RecordedRun?) -> RunStatus {
    let members = facts.sessions.filter {
      $0.process != leader.process && $0.mark != nil && $0.mark == leader.mark
    }
    let silence = Self.silence(of: leader, now: facts.shape.now)
    var workers = members.map(worker).filter { $0.task != nil || $0.phase.isWaiting }
    let idle = members.count - workers.count
    // Commands that work alone do so in the session that has the lock.
    let own = worker(leader)
    if own.phase.isWaiting || leader.mark == nil { workers.insert(own, at: 0) }
    return RunStatus(
      command: leader.command ?? record?.command ?? "copy", state: silence == nil ? .running : .silent,
      record: record, silentSince: silence, workers: workers, idle: idle)
  }

  /// Since when nothing was heard from a run; nil for one that lives, or of which that can't be told. What its workers do
  /// is no sign of life: a statement runs on when its program stands still.
  static func silence(of leader: TargetSession, now: Timestamp) -> Timestamp? {
    guard leader.mark != nil, let last = leader.queryStarted, leader.state != "active" else { return nil }
    return now.since(last) > patience ? last : nil
  }

  private mutating func addDead(besides matched: Set<Int64>) {
    for record in facts.runs where record.ended == nil && !matched.contains(record.id) {
      // What came after it did its work, or died of the same.
      let isLast = !facts.runs.contains { $0.command == record.command && $0.id > record.id }
      runs.append(RunStatus(command: record.command, state: .dead, record: record))
      if isLast { troubles.append(.dead(record)) }
    }
    for run in runs where run.state == .silent {
      troubles.append(.silent(command: run.command, run.record, since: run.silentSince))
    }
  }

  private mutating func addOrphans(_ leaders: [TargetSession]) {
    let led = Set(leaders.compactMap(\.mark))
    let orphans = facts.sessions.filter { session in
      session.mark.map { !led.contains($0) } ?? false
    }
    if !orphans.isEmpty { troubles.append(.orphans(processes: orphans.map(\.process))) }
  }

  /// Tasks, and the queue's lock, in hands that aren't ours.
  private var strangers: [StatusTrouble] {
    var troubles = facts.sessions.filter { $0.queueLock != nil && !$0.isOurs }.map {
      StatusTrouble.lockedQueue(by: Holder($0))
    }
    for task in facts.tasks {
      if let session = facts.sessions.first(where: { $0.transactions.contains(task.transaction) }) {
        if !session.isOurs { troubles.append(.lockedTask(facts.place(task), by: Holder(session))) }
      } else if let prepared = facts.prepared.first(where: { $0.transaction == task.transaction }) {
        troubles.append(.lockedTask(facts.place(task), by: Holder(prepared)))
      }
    }
    return troubles
  }

  private func worker(_ session: TargetSession) -> WorkerStatus {
    let task = facts.tasks.first { session.transactions.contains($0.transaction) }
    return WorkerStatus(
      process: session.process, task: task.map(facts.place), since: session.transactionStarted,
      phase: phase(of: session))
  }

  private func phase(of session: TargetSession) -> WorkerStatus.Phase {
    if let wait = session.wait {
      return .waiting(
        for: AwaitedLock(lock: wait.lock, since: wait.since, holders: wait.blockers.flatMap(holders)))
    }
    if let index = session.index { return .indexing(phase: index.phase) }
    if let copy = session.copy { return .copying(rows: copy.rows, bytes: copy.bytes) }
    switch session.state {
    case "active": return session.waitEvent == "ClientRead" ? .reading : .working
    case "idle in transaction": return .reading
    case nil: return .unseen
    default: return .idle
    }
  }

  /// A blocker of which the server has no session is a prepared transaction, or gone.
  private func holders(_ process: Int64) -> [Holder] {
    if let session = facts.sessions.first(where: { $0.process == process }) { return [Holder(session)] }
    return process == 0
      ? facts.prepared.map { Holder($0) } : [Holder(.session(ServerSession(process: process)))]
  }
}

extension TargetSession {
  /// A session of this program: its mark or its name says so.
  var isOurs: Bool { mark != nil || command != nil }
}

extension WorkerStatus.Phase {
  var isWaiting: Bool { if case .waiting = self { true } else { false } }
}

extension Holder {
  init(_ session: TargetSession) {
    self.init(
      .session(
        ServerSession(
          process: session.process, role: session.user,
          application: session.application.flatMap { $0.isEmpty ? nil : $0 }, address: session.host,
          since: session.transactionStarted, state: session.state)),
      isOurs: session.isOurs)
  }

  init(_ prepared: PreparedTransaction) {
    self.init(
      .preparedTransaction(name: prepared.name, role: prepared.owner, since: prepared.prepared))
  }
}
