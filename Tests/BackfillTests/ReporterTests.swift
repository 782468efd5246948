import ChunkCatalog
import Postgres
import Synchronization
import Testing

@testable import BackfillCommands
@testable import backfill

@Suite("Reporters")
struct ReporterTests {
  private let events: [Event] = [
    .planned(Workload(tasks: 2)), .note(.unexpected("checking\u{7}")), .warning(.unexpected("careful")),
    .began(worker: 0, StartedChunk(chunk: Sample.chunk())), .moved(worker: 0, bytes: 5),
    .finished(Sample.finished(1, of: 2, rows: 0, bytes: 0)), .failed(Sample.failed(2, of: 2)),
  ]
  private let output = RecordingSink()
  private let errors = RecordingSink()

  private let told = [
    "Copying 2 chunks", "checking\\u{7}",
    "[1/2] Copied \"_timescaledb_internal\".\"_hyper_1_1_chunk\" in 1.23s, 0 rows", "",
  ]
  private let complained = [
    "warning: careful",
    "error: [2/2] Failed \"_timescaledb_internal\".\"_hyper_1_2_chunk\": target: copying: disk full",
    "",
  ]

  @Test("The plain one writes a line per event that matters, as it happens")
  func plain() {
    let reporter = lines(Telling(activity: "Copying"))
    for event in events { reporter.report(event) }
    #expect(output.written == told.joined(separator: "\n"))
    #expect(errors.written == complained.joined(separator: "\n"))
  }

  @Test("The live one tells the same, and leaves nothing behind")
  func live() {
    let reporter = live(seconds: 1)
    for event in events {
      reporter.report(event)
      reporter.draw()
    }
    reporter.finish()
    #expect(output.screen(columns: 100) == told)
    #expect(errors.written == complained.joined(separator: "\n"))
  }

  @Test("The live one shows work in flight")
  func inFlight() {
    let reporter = live(seconds: 2)
    for event in events.prefix(5) { reporter.report(event) }
    reporter.draw()
    #expect(
      output.screen(columns: 100) == [
        "Copying 2 chunks", "checking\\u{7}",
        "  looking at the chunk        0s  _hyper_1_1_chunk",
        "Copying 0/2 chunks [>                                       ] 0 %, 5 B, 2s so far",
      ])
  }

  @Test("The live one draws nothing once it has ended")
  func ended() {
    let reporter = live(seconds: 1)
    reporter.report(.planned(Workload(tasks: 2)))
    reporter.finish()
    let before = output.written
    reporter.report(.began(worker: 0, StartedChunk(chunk: Sample.chunk())))
    #expect(!reporter.draw())
    #expect(output.written == before)
  }

  @Test("Events from many threads at once are all told")
  func threads() async {
    let reporter = live(seconds: 1)
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<20 {
        group.addTask {
          for number in 1...50 {
            reporter.report(.finished(Sample.finished(worker: worker, number, of: 1000)))
            if number % 10 == 0 { reporter.draw() }
          }
        }
      }
    }
    reporter.finish()
    #expect(output.screen(columns: 200).filter { $0.contains("Copied") }.count == 1000)
  }

  private func lines(_ telling: Telling) -> LineReporter {
    LineReporter(Console(output: output, errors: errors), telling, clock: { .seconds(90) })
  }

  @Test("A quiet one tells what went wrong, and nothing else")
  func quiet() {
    let reporter = lines(Telling(activity: "Copying", detail: .quiet))
    for event in events { reporter.report(event) }
    reporter.report(.finished(Sample.finished(3, of: 3, outcome: .differs, rows: 1, bytes: 0)))
    #expect(
      output.written
        == "[3/3] Differs \"_timescaledb_internal\".\"_hyper_1_1_chunk\" in 1.23s, 1 row (1 rows/s)\n")
    #expect(errors.written == complained.joined(separator: "\n"))
  }

  @Test("A verbose one tells what workers do")
  func verbose() {
    let reporter = lines(Telling(activity: "Verifying", detail: .verbose))
    let conflict = PostgresError(
      kind: .refusedByServer, side: .target, operation: "copying rows", sqlState: "40P01", message: "deadlock"
    )
    let chunk = StartedChunk(
      chunk: Sample.chunk(), part: StartedChunk.Part(number: 2, count: 5), expectedBytes: 31_200_000)
    for event: Event in [
      .began(worker: 2, chunk), .phase(worker: 2, .describing), .phase(worker: 2, .comparing),
      .phase(worker: 2, .awaitingLock(processes: [77, 78, 79])),
      .phase(worker: 2, .indexing(number: nil, of: 3)),
      .phase(worker: 2, .retrying(after: .milliseconds(1500), because: conflict)),
    ] {
      reporter.report(event)
    }
    #expect(
      output.written.split(separator: "\n") == [
        "Worker 2: began \"_timescaledb_internal\".\"_hyper_1_1_chunk\", part 2 of 5; about 31.2 MB",
        "Worker 2: looking at the chunk", "Worker 2: verifying",
        "Worker 2: waiting for lock (pid 77, 78 and 1 more)", "Worker 2: building 3 indexes",
        "Worker 2: trying again in 1.50s: target: copying rows: deadlock (SQLSTATE 40P01)",
      ])
  }

  @Test("The log's tells all that a server said, and why a worker tries again")
  func log() {
    var error = PostgresError(
      kind: .refusedByServer, side: .target, operation: "copying rows", sqlState: "23505",
      message: "duplicate")
    error.detail = "Key (a)=(1) already exists."
    error.constraint = "readings_pkey"
    let reporter = lines(Telling(activity: "Copying", isForLog: true))
    reporter.report(.failed(Sample.failed(because: .server(error))))
    reporter.report(.phase(worker: 1, .copying))
    reporter.report(.phase(worker: 1, .retrying(after: .seconds(1), because: error)))
    #expect(
      output.written.split(separator: "\n") == [
        "constraint: readings_pkey",
        "Worker 1: trying again in 1.00s: target: copying rows: duplicate (SQLSTATE 23505); Key (a)=(1) already exists.",
      ])
  }

  @Test("Lines say every while how far the run is, once there is a plan")
  func progress() {
    let reporter = lines(Telling(activity: "Copying"))
    reporter.tellProgress()
    #expect(output.written == "")
    for event in events { reporter.report(event) }
    reporter.tellProgress()
    #expect(output.written.hasSuffix("\nCopying 2/2 chunks 50 %, 1m 30s so far, 1 failed\n"))
  }

  private func live(seconds: Int) -> LiveReporter {
    LiveReporter(
      console: Console(output: output, errors: errors), Telling(activity: "Copying"),
      clock: { .seconds(seconds) },
      size: { (100, 24) })
  }
}
