public import ChunkCatalog
internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

/// What has to be done for one task: a pure function of what both databases say about the chunk.
public struct CopyPlan: Sendable, Equatable {
  public var steps: [CopyStep]
  /// What a person may want to know about how the chunk went.
  public var remarks: [CopyRemark]

  public init(steps: [CopyStep], remarks: [CopyRemark] = []) {
    self.steps = steps
    self.remarks = remarks
  }
}

extension CopyPlan {
  /// - Throws: `ChunkProblem` when there is no way that keeps every row.
  public init(_ facts: Facts) throws(ChunkProblem) {
    try Self.refuseHypercore(facts)
    let plan = try Self.plan(facts)
    self.init(
      steps: (facts.loadsUserFunctions ? [.useDatabaseSearchPath] : []) + plan.steps, remarks: plan.remarks)
  }

  private static func plan(_ facts: Facts) throws(ChunkProblem) -> CopyPlan {
    guard let target = facts.target else { return try throughHypertable(facts) }
    if facts.isPart { return try part(facts, target: target) }
    return try facts.pair.isWholeChunk
      ? wholeChunk(facts, target: target) : boundaryChunk(facts, target: target)
  }

  private static func refuseHypercore(_ facts: Facts) throws(ChunkProblem) {
    let sides: [(Side, ChunkDescription?)] = [(.source, facts.source), (.target, facts.target)]
    for (side, chunk) in sides where chunk?.accessMethod == "hypercore" { throw .hypercore(side) }
  }

  /// How many COPYs the plan has.
  var streamCount: Int { steps.count { if case .stream = $0 { true } else { false } } }
}
