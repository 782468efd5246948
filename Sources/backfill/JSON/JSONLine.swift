import BackfillCommands
import JSONValues
import Postgres

/// A line of `--json-progress`, as `help json` describes it.
struct JSONLine {
  var event: String
  var members: [JSON.Member]
  /// Whether it may be left out where nobody reads.
  var isMinor = false

  func text(at time: Timestamp = .now) -> String {
    JSON.members(
      [JSON.Member("time", .text(time.rfc3339)), JSON.Member("event", .text(event))] + members
    ).line
  }

  /// In place of lines that were left out.
  static func omitted(_ count: Int) -> JSONLine {
    JSONLine(event: "omitted", members: [JSON.Member("lines", .integer(count))])
  }
}

extension JSONLine {
  init(_ message: Message) { self.init(event: message.kind.rawValue, members: message.members) }

  /// nil for what only moves the progress.
  init?(_ event: Event) {
    switch event {
    case .connected(let database):
      self.init(
        event: "connected", members: [JSON.Member("side", .text(database.side.rawValue))] + database.members)
    case .warning(let finding): self.init(Message(.warning, finding))
    case .note(let finding): self.init(Message(.note, finding))
    case .planned(let workload): self.init(event: "planned", members: workload.members)
    case .began(let worker, let chunk):
      self.init(
        event: "began",
        members: [
          JSON.Member("worker", .integer(worker)), JSON.Member("task", chunk.task?.json ?? .null),
          JSON.Member("bytes_expected", .integer(chunk.expectedBytes)),
        ], isMinor: true)
    case .moved, .phase: return nil
    case .finished(let chunk):
      self.init(event: "finished", members: chunk.members, isMinor: chunk.outcome != .differs)
    case .failed(let chunk):
      self.init(
        event: "failed",
        members: [
          JSON.Member("worker", .integer(chunk.worker)), JSON.Member("number", .integer(chunk.number)),
          JSON.Member("total", .integer(chunk.total)), JSON.Member("failure", chunk.json),
        ])
    case .refreshing(let step): self.init(event: "refreshing", members: step.members, isMinor: true)
    case .refreshed(let aggregate): self.init(event: "refreshed", members: aggregate.members)
    case .step(let progress): self.init(event: "step", members: progress.members)
    case .loading(let progress): self.init(event: "loading", members: progress.members, isMinor: true)
    }
  }
}

extension Workload {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("tasks", .object(["all": .integer(tasks), "before": .integer(tasksBefore)])),
      JSON.Member("bytes", .object(["all": .integer(bytes), "before": .integer(bytesBefore)])),
    ]
  }
}

extension RefreshStep {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("aggregate", .name(view)), JSON.Member("batch", .integer(batch)),
      JSON.Member("batches", .integer(batches)), JSON.Member("to", .text(to)),
    ]
  }
}

extension FinishedChunk {
  fileprivate var members: [JSON.Member] {
    [
      JSON.Member("worker", .integer(worker)), JSON.Member("number", .integer(number)),
      JSON.Member("total", .integer(total)), JSON.Member("result", .text(outcome.rawValue)),
      JSON.Member("task", task?.json ?? .null), JSON.Member("seconds", .seconds(duration)),
      JSON.Member("rows", .integer(rows)), JSON.Member("bytes", .integer(bytes)),
      JSON.Member("bytes_per_second", .rate(bytes, in: duration)),
      JSON.Member("remarks", .array(remarks.map(\.json))),
    ]
  }
}
