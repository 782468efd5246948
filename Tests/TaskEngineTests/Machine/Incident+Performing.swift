import ChunkCatalog

@testable import TaskEngine

extension Incident {
  private static let changed = TaskFailure(.changedWhileRead)

  static let performing: [Incident] = [
    Incident(
      "all goes well", .performing,
      faults: ["stage while copying", "staged with another end", "live writes to the target"],
      .performed(outcome(.copied)) => "commit a; claim after a", .ended(claim(2)) => "report a done",
      .reported => "pace", .paused => "perform b"),
    Incident(
      "the chunk is gone from the source", .performing, faults: ["retention on the source"],
      .performed(outcome(.skipped)) => "commit a; claim after a", .ended(claim(2)) => "report a done"),
    Incident(
      "the chunk was only made ready for its parts", .performing,
      .performed(outcome(.prepared)) => "commit a; claim after a", .ended(claim(1)) => "pace",
      .paused => "perform a"),
    Incident(
      "the first stop comes while a task is done", .performing,
      (.performed(outcome(.copied)) => "commit a").whileStopping,
      (.ended(nil) => "report a done").whileStopping, (.reported => "drained").whileStopping),
    Incident(
      "fewer workers are wanted while a task is done", .performing,
      (.performed(outcome(.copied)) => "commit a").unwanted, (.ended(nil) => "report a done").unwanted,
      (.reported => "drained").unwanted),
    Incident(
      "others are in the way", .performing,
      faults: [
        "lock on a target chunk", "long reader of a target chunk", "refresh on the target",
        "lock_timeout on the source's role", "a standby that lags behind as the source",
      ],
      .performFailed(failure(.deadlock)) => "undo", .undone => "pause 200 ms before another try",
      .paused => "perform a again", .performFailed(failure(.locked)) => "undo",
      .undone => "pause 350 ms before another try", .paused => "perform a again",
      .performed(outcome(.copied)) => "commit a; claim after a"),
    Incident(
      "others are in the way for as long as the budget lasts", .performing,
      .performFailed(failure(.locked)) => "undo", .undone => "pause 200 ms before another try",
      .paused => "perform a again",
      (.performFailed(failure(.locked))
        => "record a failed: \(Trouble.locked.reason); claim after a").after(.seconds(60))),
    Incident(
      "others are in the way after the first stop", .performing,
      (.performFailed(failure(.locked)) => "record a failed: \(Trouble.locked.reason)").whileStopping,
      (.ended(nil) => "report a failed").whileStopping, (.reported => "drained").whileStopping),
    Incident(
      "a statement is refused for good", .performing,
      faults: [
        "pg_cancel_backend on the source", "statement_timeout on the source's role",
      ],
      .performFailed(failure(.refused)) => "record a failed: \(Trouble.refused.reason); claim after a",
      .ended(claim(2)) => "report a failed", .reported => "pace", .paused => "perform b"),
    Incident(
      "an answer can't be understood", .performing,
      .performFailed(failure(.foreignDatabase))
        => "record a failed: \(Trouble.foreignDatabase.reason); claim after a"),
    Incident(
      "the disk is full", .performing, faults: ["disk full on the target"],
      .performFailed(failure(.diskFull)) => "record a failed: \(Trouble.diskFull.reason)",
      (.ended(nil) => "report a failed").whileStopping, (.reported => "drained").whileStopping),
    Incident(
      "one failure is to end the run", .recording,
      .ended(claim(2)) => "report a failed", (.reported => "pace").whileStopping,
      (.paused => "roll back").whileStopping, (.released => "drained").whileStopping),
    Incident(
      "the chunk changes its form while it is read", .performing,
      faults: [
        "compress_chunk on the source", "decompress_chunk on the source", "VACUUM FULL on the source",
        "recompression on the source", "merge_chunks on the source", "roll-up by compression on the source",
      ],
      .taskFailed(changed, isClaimed: true) => "undo", .undone => "perform a again",
      .performed(outcome(.copied)) => "commit a; claim after a"),
    Incident(
      "the chunk changes its form each time", .performing,
      .taskFailed(changed, isClaimed: true) => "undo", .undone => "perform a again",
      .taskFailed(changed, isClaimed: true) => "undo", .undone => "perform a again",
      .taskFailed(changed, isClaimed: true) => "record a failed: changedWhileRead; claim after a"),
    Incident(
      "a chunk read with an exported snapshot changed its form", .connected,
      .ended(claim(1, snapshot: "00000003-1")) => "pace", .paused => "perform a",
      .taskFailed(changed, isClaimed: true) => "record a failed: changedWhileRead; claim after a"),
    Incident(
      "the work says that the task can't be done", .performing,
      .taskFailed(TaskFailure(.tiered), isClaimed: true) => "record a failed: tiered; claim after a"),
    Incident(
      "the work says so without a claim", .performing,
      .taskFailed(TaskFailure(.tiered), isClaimed: false)
        => "record a failed: tiered, without a claim; claim after a"),
    Incident(
      "something fails that nobody has a name for", .performing, .broke("overflow") => "failed: overflow"),
    Incident(
      "the process is about to be suspended", .performing,
      .performFailed(failure(.suspended)) => "undo", .undone => "pause until resumed",
      .paused => "perform a again"),
    Incident(
      "the process is about to be suspended, and the session is lost", .performing,
      .performFailed(failure(.suspended, targetIsUsable: false)) => "failed: suspended"),
  ]

  /// Sessions that are lost with a task.
  static let losing: [Incident] = [
    Incident(
      "the target is lost with a task", .performing,
      faults: [
        "pg_terminate_backend on the target", "immediate restart of the target",
        "connection to the target cut in mid-stream",
      ],
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "claim after a", .ended(nil) => "roll back", .released => "claim",
      .ended(claim(1)) => "pace", .paused => "perform a",
      .performed(outcome(.copied))
        => "commit a; claim after a", .ended(nil) => "report a done", .reported => "roll back",
      .released => "claim", .ended(nil) => "roll back", .released => "finished"),
    Incident(
      "the source is lost with a task", .performing,
      faults: [
        "pg_terminate_backend on the source", "immediate restart of the source",
        "all connections to the source cut", "connection to the source cut in mid-stream",
      ],
      .performFailed(failure(.sourceLost, sourceIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect"),
    Incident(
      "the server ends the session while it refuses a statement", .performing,
      .performFailed(failure(.shutdown, targetIsUsable: false)) => "reconnect in 200 ms"),
    Incident(
      "others were in the way, and the source's session is gone", .performing,
      .performFailed(failure(.deadlock, sourceIsUsable: false)) => "failed: deadlock"),
    Incident(
      "sessions are lost with one task five times", .performing,
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "reconnect in 200 ms", .waited => "connect",
      .connected => "claim after a", .ended(nil) => "roll back", .released => "claim",
      .ended(claim(1)) => "pace", .paused => "record a failed: \(Trouble.lost.reason); claim after a",
      .ended(nil) => "report a failed"),
    Incident(
      "the second stop comes while a task is done", .performing, faults: ["SIGTERM twice"],
      (.performFailed(failure(.cancelled)) => "cancelled").whileCancelled),
    Incident(
      "a session is lost with a task while the run drains", .performing,
      (.performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a").whileStopping,
      (.lossNoted(isTooMany: false) => "failed: lost").whileStopping),
    Incident(
      "the session is lost with the undo", .undoing,
      .undoFailed(Trouble.lost.error) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", (.waited => "connect").whenNothingIsLeft),
    Incident(
      "the undo is refused", .undoing, .undoFailed(Trouble.refused.error) => "failed: refused"),
    Incident("the undo is cancelled", .undoing, .undoFailed(Trouble.cancelled.error) => "cancelled"),
    Incident(
      "the session is lost after a pause", .pausingBeforeRetry,
      .paused => "perform a again",
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a"),
  ]
}
