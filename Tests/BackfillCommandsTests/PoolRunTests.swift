import ChunkCatalog
import Postgres
import Synchronization
import TaskEngine
import Testing
import TimescaleDB
import Waiting

@testable import BackfillCommands

private final class Recorder: Reporter {
  private let events = Mutex<[Event]>([])

  func report(_ event: Event) { events.withLock { $0.append(event) } }

  var all: [Event] { events.withLock { $0 } }
}

@Suite("What a pool's workers tell") struct PoolRunTests {
  private let task = task(1)

  private static func task(_ priority: Int64) -> BackfillTask {
    BackfillTask(
      priority: priority, chunk: QualifiedName("s", "c"), targetHypertable: QualifiedName("s", "h"),
      targetChunk: nil)
  }

  private func outcome(_ kind: TaskOutcome.Kind) -> TaskOutcome {
    TaskOutcome(kind: kind, rows: 10, bytes: 100, remarks: [.copying(.chunkIsGone)], closing: "")
  }

  @Test("is counted by kind") func counts() {
    let recorder = Recorder()
    let run = PoolRun(total: 6, reporter: recorder)
    let kinds: [TaskOutcome.Kind] = [.copied, .copied, .skipped, .verified, .differs]
    for (kind, priority) in zip(kinds, Int64(1)...) {
      run.observe(
        .finished(worker: 1, task: Self.task(priority), outcome: outcome(kind), duration: .seconds(1)))
    }
    run.observe(.failed(worker: 2, task: Self.task(6), failure: TaskFailure(.tiered)))
    let totals = run.totals
    #expect(
      [totals.finished, totals.copied, totals.skipped, totals.verified, totals.differing] == [6, 2, 1, 1, 1])
    // Those that differ are not counted.
    #expect(totals.rows == 40)
    #expect(totals.bytes == 500)
    #expect(totals.failures.count == 1)
    guard case .chunk(.tiered) = totals.failures.first?.failure else {
      Issue.record("not the reason that was given: \(totals.failures)")
      return
    }
    #expect(totals.failures.first?.number == 6)
  }

  @Test("counts a task once, however often it is told to be done") func once() {
    let run = PoolRun(total: 2, reporter: Recorder())
    for worker in 1...2 {
      run.observe(.finished(worker: worker, task: task, outcome: outcome(.copied), duration: .seconds(1)))
    }
    #expect([run.totals.finished, run.totals.copied] == [1, 1])
    #expect(run.totals.rows == 10)
  }

  @Test("leaves out a chunk that was only made ready for its parts") func prepared() {
    let recorder = Recorder()
    let run = PoolRun(total: 1, reporter: recorder)
    run.observe(.finished(worker: 1, task: task, outcome: outcome(.prepared), duration: .seconds(1)))
    #expect([run.totals.finished, run.totals.copied] == [0, 0])
    // That it was planned is all.
    #expect(recorder.all.count == 1)
  }

  @Test("is passed on, numbered in the order of completion") func events() {
    let recorder = Recorder()
    let run = PoolRun(total: 1, reporter: recorder)
    run.observe(.began(worker: 3, task: task))
    run.observe(.moved(worker: 3, bytes: 7))
    run.observe(.finished(worker: 3, task: task, outcome: outcome(.copied), duration: .seconds(2)))
    // More than planned, as when another run's claim was given back.
    run.observe(
      .finished(worker: 3, task: Self.task(2), outcome: outcome(.differs), duration: .seconds(2)))
    var lines: [String] = []
    for event in recorder.all {
      switch event {
      case .planned(let workload): lines.append("planned \(workload.tasks)")
      case .began(let worker, let chunk): lines.append("began \(worker) \(chunk.chunk)")
      case .moved(let worker, let bytes): lines.append("moved \(worker) \(bytes)")
      case .finished(let chunk):
        lines.append(
          "\(chunk.number)/\(chunk.total) \(chunk.outcome.rawValue) \(chunk.rows) \(chunk.remarks == [.copying(.chunkIsGone)])"
        )
      default: lines.append("other")
      }
    }
    #expect(
      lines == [
        "planned 1", #"began 3 "s"."c""#, "moved 3 7", #"1/1 copied 10 true"#,
        #"2/2 differs 10 true"#,
      ])
  }

  @Test("says once what several workers find at the same time") func repeats() {
    let recorder = Recorder()
    let run = PoolRun(total: 1, reporter: recorder)
    for worker in 1...3 {
      for message in ["gone", "refused"] {
        let error = PostgresError(
          kind: .connectionLost, side: .target, operation: "claiming", message: message)
        run.observe(.reconnecting(worker: worker, error: error, wait: .milliseconds(1500)))
      }
    }
    let warnings = recorder.all.compactMap { event -> String? in
      guard case .warning(.work(.reconnecting(let error, let wait))) = event else { return nil }
      return "\(error) \(wait)"
    }
    #expect(warnings == ["target: claiming: gone 1.5 seconds", "target: claiming: refused 1.5 seconds"])
  }

  @Test("makes the run fail only where work is left that a worker could not do") func settling() {
    let lost = PostgresError(kind: .connectionLost, side: .target, operation: "claiming", message: "gone")
    let control = RunControl(interrupt: Interrupt(), parallelism: 1)
    #expect(throws: Never.self) {
      try PoolRun.settle([.finished, .failed(lost)], control: control, remaining: 0)
    }
    #expect(throws: Never.self) {
      try PoolRun.settle([.finished, .finished], control: control, remaining: 3)
    }
    #expect(throws: CommandFailure.self) {
      try PoolRun.settle([.finished, .failed(lost)], control: control, remaining: 3)
    }
    control.halt(.diskFull(.target))
    #expect(throws: CommandFailure.self) {
      try PoolRun.settle([.drained, .drained], control: control, remaining: 3)
    }
  }

  @Test("is told as a stop when it was one") func failures() {
    let cancelled = PostgresError(kind: .cancelled, side: .source, operation: "x", message: "y")
    guard case .stopped = CommandFailure(cancelled) else {
      Issue.record("not stopped")
      return
    }
    let refused = PostgresError(
      kind: .refusedByServer, side: .source, operation: "reading", sqlState: "42501",
      message: "permission denied")
    guard case .failed(.server(let error)) = CommandFailure(refused) else {
      Issue.record("not failed")
      return
    }
    let finding = Finding.server(error)
    #expect("\(error)" == "source: reading: permission denied (SQLSTATE 42501)")
    #expect(finding.code == "server-error" && finding.side == .source && finding.sqlState == "42501")
  }
}
