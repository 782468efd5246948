import ChunkCatalog
import Postgres
import TestConnections
import Testing

@testable import BackfillCommands

private typealias Sample = StatusSample

@Suite("The runs that a queue has") struct RunJudgementTests {
  /// Each run as its state, its command and the id of its record.
  private func told(_ facts: QueueStatus) -> [String] {
    RunJudgement(facts).runs.map { run in
      "\(run.state.rawValue) \(run.command) \(run.record.map { "\($0.id)" } ?? "-")"
    }
  }

  static let states: [Case<QueueStatus, [String]>] = [
    Case("nothing", Sample.facts(), []),
    Case("a copy", Sample.facts(sessions: [Sample.leader()], runs: [Sample.run()]), ["running copy 1"]),
    Case(
      "a copy that has just begun, beside the record of one that was killed",
      Sample.facts(
        sessions: [Sample.leader()], runs: [Sample.run(1, backend: 9, started: 50)]),
      ["running copy -", "dead copy 1"]),
    Case("one that ended", Sample.facts(runs: [Sample.run(ended: 5, outcome: "done")]), ["ended copy 1"]),
    Case("one that was killed", Sample.facts(runs: [Sample.run()]), ["dead copy 1"]),
    Case(
      "one that was killed, and whose server process's number another has",
      Sample.facts(
        sessions: [Sample.leader(10, "verify", mark: 2)],
        runs: [Sample.run(2, "verify", backend: 10, started: 590), Sample.run(1, started: 900)]),
      ["running verify 2", "dead copy 1"]),
    Case(
      "one that has another session than it noted",
      Sample.facts(sessions: [Sample.leader()], runs: [Sample.run(backend: 8, started: 3600)]),
      ["running copy 1"]),
    Case(
      "two at once",
      Sample.facts(
        sessions: [Sample.leader(10), Sample.leader(20, mark: 2)],
        runs: [Sample.run(2, backend: 20), Sample.run(1)]),
      ["running copy 1", "running copy 2"]),
    Case(
      "stage, which is alone and notes nothing while it works",
      Sample.facts(sessions: [Sample.leader(10, "stage", mark: nil, heard: 100)]), ["running stage -"]),
    Case(
      "one that stands still",
      Sample.facts(sessions: [Sample.leader(heard: 20), Sample.worker(heard: 30)], runs: [Sample.run()]),
      ["silent copy 1"]),
    Case(
      "one that stands still while a statement of it runs on",
      Sample.facts(
        sessions: [Sample.leader(heard: 20), Sample.worker(state: "active", waitEvent: "", heard: 1)],
        runs: [Sample.run()]),
      ["silent copy 1"]),
    Case(
      "one whose own statement takes long",
      Sample.facts(sessions: [Sample.leader(heard: 20, state: "active")], runs: [Sample.run()]),
      ["running copy 1"]),
    Case(
      "one of which the role sees nothing",
      Sample.facts(
        sessions: [
          TargetSession(
            process: 10, application: "timescaledb-backfill copy", user: "app", mark: 1, queueLock: .shared)
        ], runs: [Sample.run()]),
      ["running copy 1"]),
  ]

  @Test("are told by sessions and records", arguments: states)
  func state(row: Case<QueueStatus, [String]>) {
    #expect(told(row.input) == row.expected)
  }

  /// What is dead or stuck, in short.
  private func stuck(_ facts: QueueStatus) -> [String] {
    RunJudgement(facts).troubles.map { trouble in
      switch trouble {
      case .dead(let run): "dead \(run.id)"
      case .silent(let command, _, _): "silent \(command)"
      case .orphans(let processes): "orphans \(processes)"
      case .lockedTask(let task, let holder): "task \(task.priority) by \(holder.process ?? 0)"
      case .waiting(let process, let task, let lock):
        "\(process) with \(task?.priority ?? 0) waits for \(lock.holders.map { $0.process ?? 0 })"
      case .lockedQueue(let holder): "queue by \(holder.process ?? 0)"
      case .unfinished: "unfinished"
      }
    }
  }

  private static let wait = TargetSession.Wait(lock: "lock on x", since: Sample.ago(5), blockers: [99])

  static let troubles: [Case<QueueStatus, [String]>] = [
    Case(
      "none of a healthy run",
      Sample.facts(
        sessions: [Sample.leader(), Sample.worker(transactions: ["7"])], runs: [Sample.run()],
        tasks: [Sample.task(1, transaction: "7")]), []),
    Case("a killed run", Sample.facts(runs: [Sample.run()]), ["dead 1"]),
    Case(
      "a killed run after which another did the work: none",
      Sample.facts(runs: [Sample.run(2, ended: 5, outcome: "done"), Sample.run(1)]), []),
    Case(
      "a task that a person has",
      Sample.facts(
        sessions: [Sample.stranger(transactions: ["7"])], tasks: [Sample.task(3, transaction: "7")]),
      ["task 3 by 99"]),
    Case(
      "a task that somebody had",
      Sample.facts(sessions: [Sample.stranger()], tasks: [Sample.task(3, transaction: "7")]), []),
    Case(
      "a task that a prepared transaction has",
      Sample.facts(
        tasks: [Sample.task(3, transaction: "7")],
        prepared: [PreparedTransaction(name: "p", owner: "joe", prepared: nil, transaction: "7")]),
      ["task 3 by 0"]),
    Case(
      "a worker that waits for a person",
      Sample.facts(
        sessions: [Sample.leader(), Sample.worker(transactions: ["7"], wait: wait), Sample.stranger()],
        runs: [Sample.run()], tasks: [Sample.task(2, transaction: "7")]),
      ["11 with 2 waits for [99]"]),
    Case(
      "a worker that waits for another: none",
      Sample.facts(
        sessions: [
          Sample.leader(), Sample.worker(11, wait: .init(lock: "l", since: nil, blockers: [12])),
          Sample.worker(12),
        ], runs: [Sample.run()]), []),
    Case(
      "workers without their run's session", Sample.facts(sessions: [Sample.worker(11), Sample.worker(12)]),
      ["orphans [11, 12]"]),
    Case(
      "the queue's lock in a person's hands",
      Sample.facts(sessions: [
        TargetSession(process: 99, application: "psql", user: "joe", queueLock: .exclusive)
      ]), ["queue by 99"]),
    Case(
      "a silent run", Sample.facts(sessions: [Sample.leader(heard: 60)], runs: [Sample.run()]),
      ["silent copy"]),
  ]

  @Test("what is dead or stuck is told", arguments: troubles)
  func trouble(row: Case<QueueStatus, [String]>) {
    #expect(stuck(row.input) == row.expected)
  }

  @Test("each worker's task and what it does is told") func workers() throws {
    let run = try #require(
      RunJudgement(
        Sample.facts(
          sessions: [
            Sample.leader(), Sample.worker(11, transactions: ["6", "7"], copy: .init(rows: 5, bytes: 50)),
            Sample.worker(12, transactions: ["8"]), Sample.worker(13, state: "idle"),
          ], runs: [Sample.run()],
          tasks: [Sample.task(1, transaction: "7"), Sample.task(2, transaction: "8")])
      ).runs.first)
    #expect(run.workers.map(\.process) == [11, 12])
    #expect(run.workers.map { $0.task?.priority } == [1, 2])
    #expect(run.workers.map(\.phase) == [.copying(rows: 5, bytes: 50), .reading])
    #expect(run.idle == 1)
  }
}
