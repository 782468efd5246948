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
    let reporter = PlainReporter(console: Console(output: output, errors: errors), activity: "Copying")
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
        "        5 B      0s  \"_timescaledb_internal\".\"_hyper_1_1_chunk\"",
        "[0/2] Copying, 0 %, 5 B, 2s so far",
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

  private func live(seconds: Int) -> LiveReporter {
    LiveReporter(
      console: Console(output: output, errors: errors), activity: "Copying", clock: { .seconds(seconds) },
      size: { (100, 24) })
  }
}
