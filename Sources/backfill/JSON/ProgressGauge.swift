import BackfillCommands
import Postgres

/// How far a run of `copy` or `verify` is, as numbers: takes events, gives a line. Times are since the run began.
struct ProgressGauge {
  private var planned: Int?
  private var began = Duration.zero
  private var done = 0
  private var failed = 0
  private var differing = 0
  /// Of finished tasks; what is in flight is counted with the workers.
  private var settledBytes: Int64 = 0
  private var settledRows: Int64 = 0
  /// Bytes of chunks in flight.
  private var workers: [Int: Int64] = [:]
  private var recent = RateWindow()
  /// What a person would be told, which is to say the same.
  private var board = ProgressBoard(activity: "")

  mutating func take(_ event: Event, at time: Duration) {
    board.take(event, at: time)
    switch event {
    case .planned(let workload):
      planned = workload.tasks
      began = time
      recent.add(0, at: time)
    case .began(let worker, _): workers[worker] = 0
    case .moved(let worker, let bytes): workers[worker]? += Int64(bytes)
    case .finished(let chunk):
      workers[chunk.worker] = nil
      settledBytes += chunk.bytes
      settledRows += chunk.rows
      done += 1
      if chunk.outcome == .differs { differing += 1 }
    case .failed(let chunk):
      workers[chunk.worker] = nil
      done += 1
      failed += 1
    case .phase(let worker, .describing) where workers[worker] != nil: workers[worker] = 0
    case .phase(let worker, .reconnecting): workers[worker] = nil
    case .connected, .warning, .note, .phase, .refreshed: break
    }
  }

  /// nil before there is a plan.
  mutating func line(at time: Duration) -> JSONLine? {
    guard let planned else { return nil }
    let bytes = settledBytes + workers.values.reduce(0, +)
    recent.add(bytes, at: time)
    let (fraction, rest) = board.estimate(at: time)
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
        JSON.Member("percent", .integer(fraction.map { Int($0 * 100) })),
        JSON.Member("eta_seconds", .seconds(rest?.left)),
      ], isMinor: true)
  }
}
