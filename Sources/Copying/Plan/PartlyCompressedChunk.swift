internal import ChunkCatalog
internal import ChunkPairs
internal import Postgres
internal import TimescaleDB

/// A partly compressed chunk has rows beside its batches: they came in after it was compressed. On the source they are
/// what `SELECT ... FROM ONLY chunk` reads.
///
/// Where batches are copied as they are (`CompressedChunk.swift`), the target's chunk is emptied, the rows beside are
/// copied with these steps, and then the batches. Otherwise a query through the chunk reads both as rows, and the target
/// compresses all of them. Either way the chunk is read in one snapshot, and the copy fails if the chunk's status changed
/// meanwhile (`SourceGuard`).
extension ChunkContent {
  /// The rows beside the batches, and the mark without which they would be there but never seen. They come before the
  /// batches: with unique constraints the extension would otherwise look into, and on 2.14 unpack, the batches. To 2.22
  /// only rows that come through the hypertable mark the chunk.
  static func rowsBesideBatches(
    _ facts: CopyPlan.Facts, target: ChunkDescription
  ) throws(ChunkProblem) -> [CopyStep] {
    let isMarked = target.status.contains(.partial)
    guard facts.capabilities.copyIntoChunkIsOwn || isMarked else {
      return [.stream(try facts.rowStream(into: facts.targetHypertable, only: true))]
    }
    let destination = facts.rowDestination(target)
    let stream = try facts.rowStream(into: destination, only: true)
    guard facts.bypassesExtension, destination == target.name else { return [.stream(stream)] }
    return facts.unlogged([.stream(stream)])
      + (isMarked ? [] : [.markPartial(target.name, columns: stream.sink.columns)])
  }
}
