internal import ChunkCatalog
internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

/// What replaces all that a chunk of the target holds.
struct ChunkContent {
  /// Up to the last step that writes rows into the chunk.
  var writing: [CopyStep]
  /// What follows: indexes and compression.
  var finishing: [CopyStep] = []
  /// The chunk was only prepared. It is described anew, and what is found then decides how it is filled.
  var isPlannedAgain = false
  var remarks: [CopyRemark] = []
}

extension CopyPlan {
  /// The task owns the whole chunk: everything in it is replaced.
  static func wholeChunk(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    let content =
      if let batches = facts.source.compressed {
        try ChunkContent.compressed(batches, facts, target: target)
      } else {
        try ChunkContent.uncompressed(facts, target: target)
      }
    let takesTriggerOff = facts.takesTriggerOff(target)
    var steps: [CopyStep] = []
    if target.status.contains(.frozen) { steps.append(.unfreeze(target.name)) }
    steps += facts.suppression
    if takesTriggerOff { steps.append(.dropInvalidationTrigger(target.name)) }
    steps += content.writing
    // Not at the end: compressing may merge the chunk into another one (compress_chunk_time_interval).
    if takesTriggerOff { steps.append(.restoreInvalidationTrigger(target.name)) }
    steps += content.finishing
    if content.isPlannedAgain {
      steps.append(.planAgain)
    } else if facts.source.status.contains(.frozen) {
      steps.append(.freeze(target.name))
    }
    return CopyPlan(steps: steps, remarks: content.remarks)
  }
}

extension ChunkContent {
  /// The source's chunk isn't compressed.
  static func uncompressed(_ facts: CopyPlan.Facts, target: ChunkDescription) throws(ChunkProblem) -> Self {
    var steps: [CopyStep] = []
    // Compressed on the target since, by a policy say; the source has it as rows, so the target will too.
    if let compressed = target.compressed {
      steps += [
        .countCleared(compressed.name, inBatches: true), .truncate(compressed.name), .decompress(target.name),
      ]
    }
    var stream = try facts.rowStream(into: facts.plainDestination(target))
    stream.sink.freezes = facts.freezesRows(of: target)
    let clearing: [CopyStep] =
      stream.sink.freezes
      ? [.countCleared(target.name, inBatches: false), .truncate(target.name)]
      : [.delete(from: target.name, only: true, where: nil)]
    steps += facts.rebuildable.map { .dropIndex($0) }
    steps += facts.unlogged(clearing + [.stream(stream)])
    let rebuilding: [CopyStep] =
      facts.rebuildable.isEmpty
      ? [] : [.raiseMaintenanceMemory] + facts.rebuildable.map { .rebuildIndex($0) }
    return ChunkContent(writing: steps, finishing: rebuilding, remarks: facts.formatRemarks)
  }
}
