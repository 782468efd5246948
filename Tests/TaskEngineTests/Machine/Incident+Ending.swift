import ChunkCatalog

@testable import TaskEngine

extension Incident {
  static let ending: [Incident] = [
    Incident(
      "others are in the way of a task's end", .ending,
      .endFailed(failure(.deadlock)) => "undo", .undone => "pause 200 ms before another try",
      .paused => "perform a", .performed(outcome(.copied)) => "commit a; claim after a",
      .ended(nil) => "report a done"),
    Incident(
      "others are in the way of the work and then of its end", .pausingBeforeRetry,
      .paused => "perform a again", .performed(outcome(.copied)) => "commit a; claim after a",
      .endFailed(failure(.deadlock)) => "undo", .undone => "pause 350 ms before another try"),
    Incident(
      "others are in the way of a task's end after the first stop", .ending,
      (.endFailed(failure(.deadlock)) => "record a failed: \(Trouble.deadlock.reason)").whileStopping),
    Incident(
      "others are in the way of the commit, which ends the claim", .ending,
      .endFailed(failure(.deadlock, isClaimed: false))
        => "record a failed: \(Trouble.deadlock.reason), without a claim; claim after a"),
    Incident(
      "the closing statements are refused", .ending,
      .endFailed(failure(.refused)) => "record a failed: \(Trouble.refused.reason); claim after a",
      .ended(claim(2)) => "report a failed"),
    Incident(
      "the commit is refused, which ends the claim", .ending,
      .endFailed(failure(.refused, isClaimed: false))
        => "record a failed: \(Trouble.refused.reason), without a claim; claim after a"),
    Incident(
      "the chunk changed its form twice, and the end was in the way of others", .performing,
      .taskFailed(TaskFailure(.changedWhileRead), isClaimed: true) => "undo",
      .undone => "perform a again",
      .taskFailed(TaskFailure(.changedWhileRead), isClaimed: true) => "undo",
      .undone => "perform a again", .performed(outcome(.copied)) => "commit a; claim after a",
      .endFailed(failure(.deadlock)) => "undo", .undone => "pause 200 ms before another try",
      .paused => "perform a",
      .taskFailed(TaskFailure(.changedWhileRead), isClaimed: true) => "undo"),
    Incident(
      "the server ends the session while it refuses the end", .ending,
      .endFailed(failure(.shutdown, targetIsUsable: false)) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit"),
    Incident(
      "the end is refused, and the source's session is gone", .ending,
      .endFailed(failure(.refused, sourceIsUsable: false)) => "failed: refused"),
    Incident(
      "sessions are lost with one task's commit five times, and it hasn't happened", .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: nil) => "claim after a",
      .ended(nil) => "roll back", .released => "claim", .ended(claim(1)) => "pace",
      .paused => "record a failed: \(Trouble.lost.reason); claim after a"),
    Incident(
      "sessions are lost with one task's commit five times, and it is known not to have happened", .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: false) => "claim after a",
      .ended(nil) => "roll back", .released => "claim", .ended(claim(1)) => "pace",
      .paused => "record a failed: \(Trouble.lost.reason); claim after a"),
    Incident(
      "sessions are lost with one task's commit five times, and it is known late not to have happened",
      .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: nil) => "claim after a",
      .ended(nil) => "roll back", .released => "claim", .ended(nil) => "roll back",
      .released => "look for a's commit", .looked(isCommitted: false) => "claim", .ended(claim(1)) => "pace",
      .paused => "record a failed: \(Trouble.lost.reason); claim after a"),
    Incident(
      "sessions are lost with one task's commit five times, it has happened, and somebody resets the task",
      .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: true) => "report a done",
      .reported => "claim after a", .ended(nil) => "roll back", .released => "claim",
      .ended(claim(1)) => "pace", .paused => "perform a"),
    Incident(
      "the second stop comes with a commit under way", .ending,
      (.endFailed(failure(.cancelled)) => "cancelled").whileCancelled),
    Incident(
      "a commit's answer is lost while the run drains", .ending,
      (.endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a").whileStopping,
      (.lossNoted(isTooMany: false) => "failed: lost").whileStopping),
  ]

  /// A failure is being written down.
  static let recording: [Incident] = [
    Incident(
      "the target can't store the reason", .recording,
      .endFailed(failure(.unstorable)) => "record a failed: tiered, plainly; claim after a",
      .ended(claim(2)) => "report a failed"),
    Incident(
      "the target can't store the reason, and the commit ended the claim", .recording,
      .endFailed(failure(.unstorable, isClaimed: false))
        => "record a failed: tiered, plainly, without a claim; claim after a"),
    Incident(
      "the target can't store a reason that came without a claim", .performing,
      .taskFailed(TaskFailure(.tiered), isClaimed: false)
        => "record a failed: tiered, without a claim; claim after a",
      .endFailed(failure(.unstorable)) => "record a failed: tiered, plainly, without a claim; claim after a"),
    Incident(
      "the target stores no reason at all", .recording,
      .endFailed(failure(.unstorable)) => "record a failed: tiered, plainly; claim after a",
      .endFailed(failure(.refused)) => "report a failed", .reported => "failed: refused"),
    Incident(
      "the source's session is gone, which a record doesn't need", .recording,
      .endFailed(failure(.unstorable, sourceIsUsable: false))
        => "record a failed: tiered, plainly; claim after a"),
    Incident(
      "the record's answer is lost, and it was made", .recording,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's failure", .looked(isCommitted: true) => "report a failed",
      .reported => "claim after a"),
    Incident(
      "the record's answer is lost, and it was not made", .recording,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's failure", .looked(isCommitted: false) => "claim after a"),
    Incident(
      "sessions are lost with one task's record five times", .recording,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: true) => "report a failed", .reported => "failed: lost"),
    Incident(
      "the server ends the session while it refuses the record", .recording,
      .endFailed(failure(.shutdown, targetIsUsable: false)) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's failure"),
    Incident(
      "the record is made and the claim behind it refused", .recording,
      .endFailed(failure(.locked, isCommitted: true)) => "report a failed", .reported => "roll back",
      .released => "pause 200 ms before another claim", .paused => "claim after a"),
    Incident(
      "recording is cancelled", .recording,
      (.endFailed(failure(.cancelled)) => "cancelled").whileCancelled),
  ]
}
