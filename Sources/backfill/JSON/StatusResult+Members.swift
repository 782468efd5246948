import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

extension StatusResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("at", .text(now.rfc3339)),
      JSON.Member("staged", .flag(queue == .present)),
      JSON.Member(
        "tasks",
        .object([
          "all": .integer(progress.tasks.all), "copied": .integer(progress.tasks.copied),
          "verified": .integer(progress.tasks.verified), "failed": .integer(progress.failed),
          "differing": .integer(progress.differing), "running": .integer(runningTasks),
        ])),
      JSON.Member("chunks", progress.chunkCounts),
      JSON.Member("rows", .integer(progress.copiedRows)),
      JSON.Member("bytes", progress.bytes),
      JSON.Member("bytes_per_second", pace.map { .number($0.bytesPerSecond) } ?? .null),
      JSON.Member("eta_seconds", .seconds(pace?.left)),
      JSON.Member("eta_basis", pace?.left == nil ? .null : .text(pace?.basis.rawValue)),
      JSON.Member("eta_window_seconds", .seconds(pace?.window)),
      JSON.Member("hypertables", .array(hypertables.map(\.json))),
      JSON.Member("runs", .array(runs.map(\.json))),
      JSON.Member("failures", .array(failures.map(\.json))),
      JSON.Member("deferred", .array(deferred.map(\.json))),
      JSON.Member("troubles", .array(troubles.map(\.json))),
      JSON.Member("jobs_off", .integer(recordedJobs)),
    ]
  }

  private var runningTasks: Int {
    runs.filter { $0.state == .running }.reduce(0) { $0 + $1.workers.count { $0.task != nil } }
  }
}

extension QueueProgress {
  fileprivate var chunkCounts: JSON {
    .object([
      "all": .integer(chunks.all), "copied": .integer(chunks.copied), "verified": .integer(chunks.verified),
    ])
  }

  fileprivate var bytes: JSON { .object(["all": .integer(allBytes), "copied": .integer(copiedBytes)]) }
}

extension HypertableStatus {
  fileprivate var json: JSON {
    .object([
      "hypertable": .text(name.description), "chunks": progress.chunkCounts,
      "failed": .integer(progress.failed), "differing": .integer(progress.differing),
      "rows": .integer(progress.copiedRows), "bytes": progress.bytes,
    ])
  }
}

extension RunStatus {
  fileprivate var json: JSON {
    .object([
      "id": .integer(record?.id), "command": .text(command), "state": .text(state.rawValue),
      "version": .text(record?.version), "options": .text(record?.options), "host": .text(record?.host),
      "process": .integer(record?.process), "backend": .integer(record?.backend),
      "started": .text(record?.started?.rfc3339), "ended": .text(record?.ended?.rfc3339),
      "outcome": .text(record?.outcome), "chunks": .integer(record?.chunks), "rows": .integer(record?.rows),
      "bytes": .integer(record?.bytes), "failures": .integer(record?.failures),
      "silent_since": .text(silentSince?.rfc3339), "workers": .array(workers.map(\.json)),
      "idle": .integer(idle),
    ])
  }
}

extension WorkerStatus {
  fileprivate var json: JSON {
    var copied: (rows: Int64, bytes: Int64)?
    var lock: AwaitedLock?
    switch phase {
    case .copying(let rows, let bytes): copied = (rows, bytes)
    case .waiting(let awaited): lock = awaited
    case .indexing, .working, .reading, .idle, .unseen: break
    }
    return .object([
      "backend": .integer(process), "task": task?.json ?? .null, "since": .text(since?.rfc3339),
      "phase": .text(phase.name), "rows": .integer(copied?.rows), "bytes": .integer(copied?.bytes),
      "waits_for": lock?.json ?? .null,
    ])
  }
}

extension WorkerStatus.Phase {
  fileprivate var name: String {
    switch self {
    case .waiting: "waiting"
    case .copying: "copying"
    case .indexing: "indexing"
    case .working: "working"
    case .reading: "reading"
    case .idle: "idle"
    case .unseen: "unseen"
    }
  }
}

extension AwaitedLock {
  fileprivate var json: JSON {
    .object([
      "lock": .text(lock), "since": .text(since?.rfc3339), "holders": .array(holders.map(\.json)),
    ])
  }
}

extension TaskTrouble {
  fileprivate var json: JSON {
    .object([
      "kind": .text(kind.rawValue), "task": task.json, "code": .null, "message": .text(message),
      "hint": .null,
      "side": .null, "sqlstate": .null, "attempts": .integer(attempts), "at": .text(at?.rfc3339),
    ])
  }
}

extension DeferredStatus {
  fileprivate var json: JSON {
    .object([
      "hypertable": .text(hypertable.description), "chunk": .text(work.chunk.description),
      "kind": .text(work.kind), "count": .integer(work.count),
      "names": .array(work.names.map { .text($0) }), "parts_left": .integer(work.partsLeft),
    ])
  }
}

extension StatusTrouble {
  fileprivate var json: JSON {
    let words = words
    return .object([
      "kind": .text(kind), "message": .text(words.text), "hint": .text(words.hint),
      "backend": .integer(backend),
    ])
  }

  private var kind: String {
    switch self {
    case .dead: "dead-run"
    case .silent: "silent-run"
    case .orphans: "orphaned-sessions"
    case .lockedTask: "locked-task"
    case .waiting: "waiting"
    case .lockedQueue: "locked-queue"
    case .unfinished: "unfinished-chunk"
    }
  }

  /// The process that is in the way, or waits.
  private var backend: Int64? {
    switch self {
    case .dead, .silent, .unfinished: nil
    case .orphans(let processes): processes.first
    case .lockedTask(_, let holder), .lockedQueue(let holder): holder.process
    case .waiting(_, _, let lock): lock.holders.lazy.compactMap(\.process).first
    }
  }
}
