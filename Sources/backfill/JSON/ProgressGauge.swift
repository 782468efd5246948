import BackfillCommands
import Postgres

/// How far a run of `copy` or `verify` is, as numbers: takes events, gives a line. Times are since the run began.
struct ProgressGauge {
  private struct Work {
    var expected: Int64?
    var moved: Int64 = 0
  }

  private var planned: Int?
  private var began = Duration.zero
  private var done = 0
  private var failed = 0
  private var differing = 0
  /// Of finished tasks; what is in flight is counted with the workers.
  private var settledBytes: Int64 = 0
  private var settledRows: Int64 = 0
  private var workers: [Int: Work] = [:]
  private var recent = RateWindow()
  private var progress = WorkProgress()

  mutating func take(_ event: Event, at time: Duration) {
    switch event {
    case .planned(let workload):
      planned = workload.tasks
      began = time
      progress.begin(workload, at: time)
      recent.add(0, at: time)
    case .began(let worker, let chunk): workers[worker] = Work(expected: chunk.expectedBytes)
    case .moved(let worker, let bytes): workers[worker]?.moved += Int64(bytes)
    case .finished(let chunk):
      workers[chunk.worker] = nil
      settledBytes += chunk.bytes
      settledRows += chunk.rows
      progress.finish(expected: chunk.expectedBytes, moved: chunk.bytes)
      done += 1
      if chunk.outcome == .differs { differing += 1 }
    case .failed(let chunk):
      workers[chunk.worker] = nil
      progress.fail(expected: chunk.expectedBytes)
      done += 1
      failed += 1
    case .connected, .warning, .note, .refreshed: break
    }
  }

  /// nil before there is a plan.
  mutating func line(at time: Duration) -> JSONLine? {
    guard let planned else { return nil }
    let bytes = settledBytes + workers.values.reduce(0) { $0 + $1.moved }
    recent.add(bytes, at: time)
    let inFlight = workers.values.reduce(0) { $0 + progress.done(of: $1.expected, moved: $1.moved) }
    let tasks: JSON = .object([
      "all": .integer(max(planned, done)), "done": .integer(done), "failed": .integer(failed),
      "differing": .integer(differing), "running": .integer(workers.count),
    ])
    return JSONLine(
      event: "progress",
      members: [
        JSON.Member("seconds", .seconds(time - began)), JSON.Member("tasks", tasks),
        JSON.Member("rows", .integer(settledRows)), JSON.Member("bytes", .integer(bytes)),
        JSON.Member("bytes_per_second", recent.bytesPerSecond.map { .number($0) } ?? .null),
        JSON.Member("percent", .integer(progress.percent(inFlight: inFlight))),
        JSON.Member("eta_seconds", .seconds(progress.timeLeft(at: time, inFlight: inFlight))),
      ], isMinor: true)
  }
}
