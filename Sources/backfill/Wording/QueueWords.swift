import BackfillCommands
import Postgres
import TimescaleDB

extension QueueFinding {
  var words: Words {
    switch self {
    case .notStaged: Words("nothing is staged on the target", hint: "run stage first")
    case .empty: Words("the queue is empty", hint: "run stage first")
    case .nothingCopied: Words("nothing has been copied yet", hint: "run copy first")
    case .inUse(let holders):
      Words(
        "the target's queue is in use by \(Self.list(holders, or: "a session that has just ended"))",
        hint: "wait until that has finished, or stop it first")
    case .locked(let holders):
      Words(
        "the target's queue is locked by \(Self.list(holders, or: "another session"))",
        hint:
          "wait until that has finished, or end it with SELECT pg_terminate_backend(PROCESS); then run stage again"
      )
    case .awaitingLock(let holders):
      Words(
        "the target's queue is locked by \(Self.list(holders, or: "another session")); waiting for it")
    case .stagedElsewhere(let differences, let command): Self.words(of: differences, command)
    case .absentForAdoption:
      Words("there is no queue that could adopt this source", hint: "omit --adopt-source")
    case .sourceNotAdopted(let obstacle):
      Words(
        "this is not the source that the queue was staged from: \(obstacle.text)",
        hint: "check --source; if a task's chunk is gone for good, delete the task from __backfill.task")
    case .sourceAdopted(let tasks):
      Words("The queue adopts this source, which has the chunks of its \(Quantity.count(tasks, "task"))")
    case .windowsUnknown:
      Words(
        "An earlier version staged this queue and did not record the window; source chunks that were created later are "
          + "not looked for")
    case .absentForReport:
      Words(
        "the target has no queue (schema __backfill), so there is nothing to report",
        hint: "write the report after stage and before clean, which removes the queue")
    }
  }

  private static func list(_ holders: [ServerSession], or nobody: String) -> String {
    holders.isEmpty ? nobody : Words.list(holders.map(\.shown), limit: holders.count)
  }

  private static func words(of differences: [DatabaseDifference], _ command: Command) -> Words {
    let facts = differences.map(\.text).joined(separator: "; ")
    let restaging =
      "after an update of TimescaleDB on both sides, run stage again; after pg_upgrade of the source, run stage "
      + "--adopt-source"
    let others = "these are not the databases that the queue was staged for: \(facts)"
    switch command {
    case .stage:
      return Words(
        "the target has a queue that was staged for other databases: \(facts)",
        hint: "if that queue is no longer needed, run clean first; \(restaging)")
    case .adoptSource:
      return Words("this is not the target that the queue was staged for: \(facts)", hint: "check --target")
    case .work: return Words(others, hint: "check --source and --target; \(restaging)")
    case .refresh:
      return Words(others, hint: "check --source and --target; if they are right, run clean first")
    }
  }
}

extension DatabaseDifference {
  var text: String {
    switch fact {
    case .identity(let difference): "\(side.rawValue): \(difference.text)"
    case .position(let staged, let now):
      "\(side.rawValue): its write-ahead log was at \(staged) and is at \(now)"
    }
  }
}

extension Fingerprint.Difference {
  var text: String {
    guard let now else { return "\(key.label) was \(earlier), which this version can't compare" }
    return "\(key.label) was \(earlier) and is \(now)"
  }
}

extension AdoptionObstacle {
  fileprivate var text: String {
    switch self {
    case .missingChunk(let chunk): "it has no chunk \(chunk.shown), which has not been copied yet"
    case .otherHypertable(let chunk, let hypertable):
      "chunk \(chunk.shown) belongs to hypertable \(hypertable.shown) there"
    case .otherBounds(let chunk): "the bounds of chunk \(chunk.shown) differ there"
    case .noStagedChunk: "it has none of the staged chunks"
    }
  }
}
