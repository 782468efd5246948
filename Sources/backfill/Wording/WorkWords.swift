import BackfillCommands
import Postgres

extension WorkFinding {
  var words: Words {
    switch self {
    case .diskFull(let side, let remaining):
      return Words(
        "stopped with \(Quantity.count(remaining, "chunk")) left: the \(side.rawValue)'s disk is full",
        hint: "make room on it, then run the same command again")
    case .reconnecting(let error, let wait):
      let tenths = Int(wait / .milliseconds(100))
      return Words("\(error.text); connecting again in \(tenths / 10).\(tenths % 10) seconds")
    case .retrying(let error): return Words("\(error.text); trying again")
    case .awaitingStandby(let error): return Words("\(error.text); waiting for it")
    case .awaitingLocks(let side, let operation, let holders):
      let subject = operation.map { "\(side.rawValue): \($0)" } ?? side.rawValue
      return Words("\(subject): waiting for a \(holders.map(\.shown).joined(separator: "; "))")
    case .awaitingChunk(let held, let count):
      let others = count > 1 ? "; \(count - 1) more are locked" : ""
      return Words(
        "Waiting for chunk \(held.chunk.shown), which is locked by \(held.holder.shown)\(others)")
    case .copiedAgain(let chunks):
      return Words("To be copied again: \(Quantity.count(chunks, "chunk"))")
    case .verifiedAgain(let chunks):
      return Words("To be verified again: \(Quantity.count(chunks, "chunk"))")
    case .sampled(let chunks, let all):
      return Words("A random sample: \(chunks) of \(Quantity.count(all, "chunk"))")
    case .workersChanged(let before, let now): return Words("Workers: \(now) (were \(before))")
    }
  }
}
