internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

extension CopyPlan {
  /// The task owns the whole chunk: everything in it is replaced.
  static func wholeChunk(_ facts: Facts, target: ChunkDescription) throws(ChunkProblem) -> CopyPlan {
    var plan: CopyPlan
    if facts.source.compressed != nil {
      plan = try compressedChunk(facts, target: target)
    } else {
      plan = try uncompressedChunk(facts, target: target)
    }
    plan.steps = facts.suppression + plan.steps
    let ends = plan.steps.last != .planAgain
    if facts.takesTriggerOff(target) {
      plan.steps.insert(.dropInvalidationTrigger(target.name), at: facts.suppression.count)
      // Not at the end: compressing may merge the chunk into another one (compress_chunk_time_interval).
      let lastWrite = plan.steps.lastIndex { $0.writesRows } ?? facts.suppression.count
      plan.steps.insert(.restoreInvalidationTrigger(target.name), at: lastWrite + 1)
    }
    if target.status.contains(.frozen) { plan.steps.insert(.unfreeze(target.name), at: 0) }
    if ends, facts.source.status.contains(.frozen) { plan.steps.append(.freeze(target.name)) }
    return plan
  }

  private static func uncompressedChunk(
    _ facts: Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> CopyPlan {
    var steps: [CopyStep] = []
    // Compressed on the target since, by a policy say; the source has it as rows, so the target will too.
    if let compressed = target.compressed {
      steps += [
        .countCleared(compressed.name, inBatches: true), .truncate(compressed.name), .decompress(target.name),
      ]
    }
    var stream = try facts.rowStream(into: facts.plainDestination(target))
    stream.freezes = facts.freezesRows(of: target)
    let load: [CopyStep] =
      (stream.freezes
        ? [.countCleared(target.name, inBatches: false), .truncate(target.name)]
        : [.delete(from: target.name, only: true, where: nil)]) + [.stream(stream)]
    steps += facts.rebuildable.map { .dropIndex($0) }
    steps += facts.unlogged(load)
    if !facts.rebuildable.isEmpty { steps.append(.raiseMaintenanceMemory) }
    steps += facts.rebuildable.map { .rebuildIndex($0) }
    return CopyPlan(steps: steps, remarks: facts.formatRemarks)
  }

  /// Compressed rows move as they are when the target's compressed relation has the same columns and was made by
  /// the same settings; otherwise it is made anew first.
  private static func compressedChunk(
    _ facts: Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> CopyPlan {
    let source = facts.source
    guard let sourceRelation = source.compressed else { return try uncompressedChunk(facts, target: target) }
    let obstacle = facts.obstacleToBatches(from: sourceRelation, into: target)
    if obstacle == nil, let relation = target.compressed, relation.holdsSameTuples(as: sourceRelation),
      facts.attempt == .afterPreparing || !target.hasToBeMadeAnew(for: source)
    {
      return try rawTuples(facts, target: target, from: sourceRelation, into: relation)
    }
    let cleared = clearing(target, facts) + (target.compressed != nil ? [.decompress(target.name)] : [])
    if facts.attempt == .first, facts.pair.targetCompresses, obstacle == nil {
      return CopyPlan(steps: cleared + [.compress(target.name), .planAgain])
    }
    let why = obstacle ?? "the hypertables' compression settings differ"
    let stored =
      facts.pair.targetCompresses
      ? "compressed anew on the target, as \(why)"
      : "stored uncompressed, as the target's hypertable has no compression"
    return CopyPlan(
      steps: cleared
        + facts.unlogged([.stream(try facts.rowStream(into: facts.plainDestination(target)))])
        + (facts.pair.targetCompresses ? [.compress(target.name)] : []),
      remarks: [stored] + facts.formatRemarks)
  }

  private static func rawTuples(
    _ facts: Facts, target: ChunkDescription, from source: ChunkDescription.CompressedRelation,
    into relation: ChunkDescription.CompressedRelation
  ) throws(ChunkProblem) -> CopyPlan {
    var steps = clearing(target, facts)
    var remarks: [String] = []
    if facts.source.status.contains(.partial) {
      steps += try rowsBeside(facts, target: target)
      remarks += facts.formatRemarks
    }
    let columns = source.columns.filter { !$0.isGenerated }
    let portable = columns.allSatisfy(\.hasPortableBinaryForm)
    steps.append(
      .stream(
        CopyStream(
          from: source.name, only: true, predicate: nil, columns: columns.map(\.name), into: relation.name,
          format: portable ? .binary : .text, freezes: true, isCompressed: true,
          withoutNullBatches: facts.capabilities.receivesNullBatches
            ? [] : columns.filter(\.isCompressedData).map(\.name))))
    if facts.source.status.contains(.unordered), !target.status.contains(.unordered) {
      steps +=
        facts.capabilities.recompressRestoresOrder
        ? [.recompress(target.name)] : [.decompress(target.name), .compress(target.name)]
    } else if facts.mayRecordSizes, !source.sizes.isEmpty, source.sizes != relation.sizes {
      steps.append(.recordSizes(source.sizes, chunk: target.id))
    }
    return CopyPlan(steps: steps, remarks: remarks)
  }

  /// The uncompressed rows of a compressed chunk, and the mark without which they would be there but never seen. They come
  /// before the compressed ones: with unique constraints the extension would otherwise look into, and on 2.14 unpack, the
  /// batches. To 2.22 only rows that come through the hypertable mark the chunk.
  private static func rowsBeside(
    _ facts: Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> [CopyStep] {
    let isMarked = target.status.contains(.partial)
    guard facts.capabilities.copyIntoChunkIsOwn || isMarked else {
      return [.stream(try facts.rowStream(into: facts.targetHypertable, only: true))]
    }
    let destination = facts.rowDestination(target)
    let stream = try facts.rowStream(into: destination, only: true)
    guard facts.bypassesExtension, destination == target.name else { return [.stream(stream)] }
    return facts.unlogged([.stream(stream)])
      + (isMarked ? [] : [.markPartial(target.name, columns: stream.columns)])
  }

  /// Empties a chunk, compressed or not. The compressed relation goes first: from 2.23 a DELETE on the chunk would
  /// otherwise go through its batches one by one. TRUNCATE of the chunk itself is no way: on a compressed chunk it
  /// leaves the uncompressed rows (run on 2.14 to 2.29).
  private static func clearing(_ target: ChunkDescription, _ facts: Facts) -> [CopyStep] {
    (target.compressed.map { [.countCleared($0.name, inBatches: true), .truncate($0.name)] } ?? [])
      + facts.unlogged([.delete(from: target.name, only: true, where: nil)])
  }
}

extension ChunkDescription {
  /// A compressed chunk that says of itself what the copied tuples wouldn't keep: that there are rows beside them, or
  /// which values they hold.
  func hasToBeMadeAnew(for source: ChunkDescription) -> Bool {
    status.contains(.partial) && !source.status.contains(.partial)
      || !columnRanges.hasSameBytes(as: source.columnRanges)
  }
}
