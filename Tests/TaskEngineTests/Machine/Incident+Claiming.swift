@testable import TaskEngine

extension Incident {
  static let claiming: [Incident] = [
    Incident(
      "nothing is left to claim", .connected,
      faults: ["second copy started and killed", "task locked to the end"],
      .ended(nil) => "roll back", .released => "finished"),
    Incident(
      "behind the last task nothing is left, before it something was given back", .ending,
      faults: ["copied chunks put back into the queue", "task locked for a while"],
      .ended(nil) => "report a done", .reported => "roll back", .released => "claim",
      .ended(claim(1)) => "pace", .paused => "perform a"),
    Incident(
      "nothing is left behind the last task, nor before it", .ending,
      .ended(nil) => "report a done", .reported => "roll back", .released => "claim",
      .ended(nil) => "roll back", .released => "finished"),
    Incident(
      "the run is to stop before the queue is looked at from the start", .ending,
      .ended(nil) => "report a done", .reported => "roll back", (.released => "drained").whileStopping),
    Incident(
      "others are in the way of a claim", .connected, faults: ["lock_timeout on the target's role"],
      .endFailed(failure(.locked)) => "roll back", .released => "pause 200 ms before another claim",
      .paused => "claim", .endFailed(failure(.deadlock)) => "roll back",
      .released => "pause 350 ms before another claim", .paused => "claim", .ended(claim(1)) => "pace"),
    Incident(
      "somebody cancels a claim", .connected,
      faults: ["pg_cancel_backend on the target", "statement_timeout on the target's role"],
      .endFailed(failure(.statementCancelled)) => "roll back",
      .released => "pause 200 ms before another claim"),
    Incident(
      "claims are refused for as long as the budget lasts", .connected,
      .endFailed(failure(.locked)) => "roll back", .released => "pause 200 ms before another claim",
      .paused => "claim", (.endFailed(failure(.locked)) => "failed: locked").after(.seconds(60))),
    Incident(
      "an answered claim ends the refusals", .connected,
      .endFailed(failure(.locked)) => "roll back", .released => "pause 200 ms before another claim",
      .paused => "claim", .ended(claim(1)) => "pace", .paused => "perform a",
      .performed(outcome(.copied)) => "commit a; claim after a",
      .endFailed(failure(.locked, isCommitted: true)) => "report a done",
      (.reported => "roll back").after(.seconds(90)), .released => "pause 200 ms before another claim"),
    Incident(
      "a claim is refused for good", .connected, .endFailed(failure(.refused)) => "failed: refused"),
    Incident(
      "others are in the way of a claim whose source is lost", .connected,
      .endFailed(failure(.locked, sourceIsUsable: false)) => "failed: locked"),
    Incident(
      "the session is lost with a claim", .connected, faults: ["all connections to the target cut"],
      .endFailed(failure(.lost, targetIsUsable: false)) => "reconnect in 200 ms, if anything is left"),
    Incident(
      "the server shuts down under a claim", .connected,
      .endFailed(failure(.shutdown, targetIsUsable: false)) => "reconnect in 200 ms, if anything is left"),
    Incident(
      "a claim is cancelled", .connected, .endFailed(failure(.cancelled)) => "cancelled"),
    Incident(
      "the commit is answered and the claim behind it refused", .ending,
      .endFailed(failure(.locked, isCommitted: true)) => "report a done", .reported => "roll back",
      .released => "pause 200 ms before another claim", .paused => "claim after a"),
    Incident(
      "the commit is answered and the session lost with the claim", .ending,
      .endFailed(failure(.lost, targetIsUsable: false, isCommitted: true)) => "report a done",
      .reported => "reconnect in 200 ms, if anything is left"),
    Incident(
      "the first stop comes while a claim rests", .connected,
      .endFailed(failure(.locked)) => "roll back", .released => "pause 200 ms before another claim",
      (.paused => "drained").whileStopping),
    Incident(
      "the first stop comes with a claim under way", .pacing, faults: ["SIGINT once"],
      (.paused => "roll back").whileStopping, (.released => "drained").whileStopping),
  ]
}
