import BackfillCommands
import JSONValues
import Postgres

/// How far a run of `copy` or `verify` is, as numbers: takes events, gives a line. Times are since the run began.
struct ProgressGauge {
  /// nil before there is a plan.
  private var began: Duration?
  /// Of finished tasks.
  private var rows: Int64 = 0
  private var recent = RateWindow()
  /// What a person would be told, which is to say the same.
  private var board = ProgressBoard(activity: "")

  mutating func take(_ event: Event, at time: Duration) {
    board.take(event, at: time)
    switch event {
    case .planned:
      began = time
      recent.add(0, at: time)
    case .finished(let chunk): rows += chunk.rows
    case .began, .moved, .failed, .phase, .connected, .warning, .note, .refreshing, .refreshed, .step,
      .loading:
      break
    }
  }

  /// nil before there is a plan.
  mutating func line(at time: Duration) -> JSONLine? {
    guard let began else { return nil }
    let (counts, bytes) = (board.counts, board.moved)
    recent.add(bytes, at: time)
    let (fraction, rest) = board.estimate(at: time)
    let tasks: JSON = .object([
      "all": .integer(counts.all), "done": .integer(counts.done), "failed": .integer(counts.failed),
      "differing": .integer(counts.differing), "running": .integer(counts.running),
    ])
    return JSONLine(
      event: "progress",
      members: [
        JSON.Member("seconds", .seconds(time - began)), JSON.Member("tasks", tasks),
        JSON.Member("rows", .integer(rows)), JSON.Member("bytes", .integer(bytes)),
        JSON.Member("bytes_per_second", recent.bytesPerSecond.map { .number($0) } ?? .null),
        JSON.Member("percent", .integer(fraction.map { Int($0 * 100) })),
        JSON.Member("eta_seconds", .seconds(rest?.left)),
      ], isMinor: true)
  }
}
