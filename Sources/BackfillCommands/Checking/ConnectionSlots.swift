import Postgres

/// Whether `copy` can open its sessions: one for each worker on each side, and one more on the target.
struct ConnectionSlots: ChecklistItem {
  let source: ConnectionLimits
  let target: ConnectionLimits
  let workers: Int64

  var findings: [CheckedFinding] {
    [(Side.source, source, workers, 1 as Int64), (.target, target, workers + 1, 2)].compactMap {
      side, limits, needed, least in
      guard let tightest = limits.tightest, tightest.free < needed else { return nil }
      let finding = ConditionFinding.connectionSlots(side, needed: needed, tightest)
      return .init(tightest.free < least ? .stop : .warning, .condition(finding))
    }
  }

  /// How many workers there is room for.
  var room: Int64 {
    min(source.tightest?.free ?? workers, (target.tightest?.free ?? workers + 1) - 1)
  }
}
