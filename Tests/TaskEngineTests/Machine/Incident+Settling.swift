@testable import TaskEngine

extension Incident {
  static let settling: [Incident] = [
    Incident(
      "a commit whose answer was lost has happened", .ending,
      faults: ["connection cut after a COMMIT arrived"],
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: true) => "report a done",
      .reported => "claim after a"),
    Incident(
      "a commit whose answer was lost has not happened", .ending,
      faults: ["connection cut before a COMMIT arrived"],
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: false) => "claim after a",
      .ended(nil) => "roll back", .released => "claim", .ended(claim(1)) => "pace", .paused => "perform a"),
    Incident(
      "a commit that has not happened is forgotten", .settling,
      .looked(isCommitted: false) => "claim after a",
      .endFailed(failure(.lost, targetIsUsable: false)) => "reconnect in 350 ms, if anything is left"),
    Incident(
      "nobody knows yet whether a commit has happened", .settling, faults: ["SIGSTOP of the target"],
      .looked(isCommitted: nil) => "claim after a", .ended(claim(2)) => "pace", .paused => "perform b"),
    Incident(
      "the session is lost while a commit is looked for", .settling,
      .lookFailed(Trouble.lost.error) => "reconnect in 350 ms", .waited => "connect",
      .connected => "look for a's commit"),
    Incident(
      "the question about a commit is refused", .settling,
      .lookFailed(Trouble.refused.error) => "failed: refused"),
    Incident(
      "looking for a commit is cancelled", .settling, .lookFailed(Trouble.cancelled.error) => "cancelled"),
    Incident(
      "an unknown commit is connected for, whatever the others do", .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", (.waited => "connect").whenNothingIsLeft),
    Incident(
      "an unknown commit is looked for once more before the worker stops", .ending,
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", (.waited => "connect").whileStopping,
      (.connected => "look for a's commit").whileStopping,
      (.looked(isCommitted: true) => "report a done").whileStopping,
      (.reported => "drained").whileStopping),
    Incident(
      "of two unknown commits the second is known first", .settling,
      .looked(isCommitted: nil) => "claim after a", .ended(claim(2)) => "pace", .paused => "perform b",
      .performed(outcome(.copied)) => "commit b; claim after b",
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of b",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: nil) => "look for b's commit",
      .looked(isCommitted: true) => "report b done", .reported => "claim after b",
      .ended(nil) => "roll back", .released => "claim", .ended(nil) => "roll back",
      .released => "look for a's commit", .looked(isCommitted: true) => "report a done",
      .reported => "finished"),
    Incident(
      "the first of two commits turns out not to have happened", .settling,
      .looked(isCommitted: nil) => "claim after a", .ended(claim(2)) => "pace", .paused => "perform b",
      .performed(outcome(.copied)) => "commit b; claim after b",
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of b",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: false) => "look for b's commit",
      .looked(isCommitted: true) => "report b done", .reported => "claim after b"),
    Incident(
      "a commit reported once isn't reported when the session is lost again", .settling,
      .looked(isCommitted: true) => "report a done", .reported => "claim after a",
      .endFailed(failure(.lost, targetIsUsable: false)) => "reconnect in 350 ms, if anything is left",
      .waited => "connect", .connected => "claim after a"),
    Incident(
      "a chunk that was only made ready for its parts is nothing to report", .performing,
      .performed(outcome(.prepared)) => "commit a; claim after a",
      .endFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit", .looked(isCommitted: true) => "claim after a"),
    Incident(
      "work that was lost before its end isn't looked for at once", .performing,
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "claim after a"
    ),
  ]

  /// Nothing can be claimed, but lost sessions may hold tasks.
  static let awaiting: [Incident] = [
    Incident(
      "a lost session still holds its task", .awaiting, faults: ["network to the target silent"],
      .looked(isCommitted: nil) => "look for a's commit", .looked(isCommitted: nil) => "look for a's commit",
      .looked(isCommitted: true) => "report a done", .reported => "finished"),
    Incident(
      "a lost session gives its task back", .awaiting,
      .looked(isCommitted: false) => "claim", .ended(claim(1)) => "pace", .paused => "perform a"),
    Incident(
      "a lost session holds its task for too long", .awaiting,
      (.looked(isCommitted: nil) => "finished").after(.seconds(30))),
    Incident(
      "the first stop ends the wait for a lost session", .awaiting,
      (.looked(isCommitted: nil) => "finished").whileStopping),
    Incident(
      "another session is lost while a lost one is waited for", .awaiting,
      .lookFailed(Trouble.lost.error) => "reconnect in 200 ms", .waited => "connect",
      .connected => "look for a's commit"),
    Incident(
      "waiting for a lost session is cancelled", .awaiting,
      .lookFailed(Trouble.cancelled.error) => "cancelled"),
    Incident(
      "another worker has done what was lost before its end", .performing,
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      .lossNoted(isTooMany: false) => "reconnect in 200 ms", .waited => "connect",
      .connected => "claim after a", .ended(nil) => "roll back", .released => "claim",
      .ended(nil) => "roll back", .released => "look for a's mark", .looked(isCommitted: true) => "finished"),
  ]
}
