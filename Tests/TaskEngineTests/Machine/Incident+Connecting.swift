@testable import TaskEngine

extension Incident {
  static let connecting: [Incident] = [
    Incident(
      "a worker begins with nothing that an earlier process has left behind", .connecting,
      faults: ["kill -9 of copy"],
      .connected => "claim", .ended(claim(1)) => "pace", .paused => "perform a"),
    Incident(
      "the server can't be reached", .connecting,
      faults: ["network to the source silent", "SIGSTOP of the source"],
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect",
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 350 ms, if anything is left",
      .waited => "connect", .connected => "claim"),
    Incident(
      "the server has no session to spare", .connecting,
      faults: ["connection limit on the source's role", "connection limit on the target's role"],
      .connectionFailed(Trouble.tooManySessions.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect"),
    Incident(
      "the session is lost while it is prepared", .connecting,
      .connectionFailed(Trouble.lost.error) => "reconnect in 200 ms, if anything is left"),
    Incident(
      "others are in the way while the session is prepared", .connecting,
      .connectionFailed(Trouble.locked.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect", .connected => "claim"),
    Incident(
      "somebody cancels a statement that prepares the session", .connecting,
      .connectionFailed(Trouble.statementCancelled.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect", .connected => "claim"),
    Incident(
      "the server refuses the role for good", .connecting,
      .connectionFailed(Trouble.noPassword.error) => "failed: wrong password"),
    Incident(
      "another database answers under the same name", .connecting,
      .connectionFailed(Trouble.foreignDatabase.error) => "failed: foreign database"),
    Incident(
      "the budget is used up", .connecting,
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect",
      (.connectionFailed(Trouble.unreachable.error) => "failed: unreachable").after(.seconds(60))),
    Incident(
      "an answered claim ends the outage", .connecting,
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect", .connected => "claim", .ended(claim(1)) => "pace", .paused => "perform a",
      .performFailed(failure(.lost, targetIsUsable: false)) => "note the loss of a",
      (.lossNoted(isTooMany: false) => "reconnect in 200 ms").after(.seconds(90))),
    Incident(
      "a session without a claim doesn't end the outage", .connecting,
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      .waited => "connect", .connected => "claim",
      (.endFailed(failure(.lost, targetIsUsable: false)) => "failed: lost").after(.seconds(60))),
    Incident(
      "the first stop comes while a server is away", .connecting,
      (.connectionFailed(Trouble.unreachable.error) => "failed: unreachable").whileStopping),
    Incident(
      "the first stop comes during the wait", .connecting,
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      (.waited => "drained").whileStopping),
    Incident(
      "the others do everything during the wait", .connecting,
      .connectionFailed(Trouble.unreachable.error) => "reconnect in 200 ms, if anything is left",
      (.waited => "finished").whenNothingIsLeft),
    Incident(
      "connecting is cancelled", .connecting, .connectionFailed(Trouble.cancelled.error) => "cancelled"),
    Incident(
      "the run is cancelled while a connection fails", .connecting,
      (.connectionFailed(Trouble.unreachable.error) => "cancelled").whileCancelled),
    Incident(
      "the run is to stop before anything is claimed", .connecting,
      (.connected => "drained").whileStopping),
    Incident(
      "fewer workers are wanted before anything is claimed", .connecting, (.connected => "drained").unwanted),
  ]
}
