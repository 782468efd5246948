import ChunkCatalog
import ChunkPairs
import Copying
import Postgres
import TimescaleDB

/// The COPYs that a chunk is read by for its files.
struct ChunkReading {
  /// All rows, or those beside the batches; nil where there are batches alone.
  let rows: CopyStream?
  let batches: Batches?

  struct Batches {
    let stream: CopyStream
    let settings: CompressionSettings
  }

  /// - Parameters:
  ///   - asRows: batches are read as rows, too.
  ///   - capabilities: the source's.
  /// - Throws: `TaskFailure`.
  init(
    of chunk: ChunkDescription, for task: ExportPlanner.Task, asRows: Bool, _ capabilities: Capabilities
  ) throws(TaskFailure) {
    batches = asRows ? nil : Batches(of: chunk, for: task, capabilities)
    guard batches == nil || chunk.status.contains(.partial) else {
      rows = nil
      return
    }
    let columns = Self.columns(of: chunk)
    rows = CopyStream(
      from: chunk.name, only: batches != nil || chunk.compressed == nil,
      predicate: try Self.predicate(of: chunk, task.range), columns: columns.map(\.name), into: chunk.name,
      format: columns.allSatisfy(\.hasPortableBinaryForm) ? .binary : .text)
  }

  /// The columns that rows have, in the hypertable's order, which a plain `\copy` into it takes.
  private static func columns(of chunk: ChunkDescription) -> [Column] {
    chunk.columns.filter { !$0.isGenerated }.sorted {
      (chunk.hypertableNumbers[$0.name] ?? .max) < (chunk.hypertableNumbers[$1.name] ?? .max)
    }
  }

  /// nil for all that the chunk holds.
  static func predicate(of chunk: ChunkDescription, _ range: Dimension.Range) throws(TaskFailure) -> SQL? {
    let pair = ChunkPair(
      source: chunk, target: nil, targetHypertable: chunk.hypertable, targetColumns: [],
      targetCompresses: false, bounds: TaskBounds(range))
    do throws(ChunkProblem) {
      return try pair.timePredicate()
    } catch {
      throw TaskFailure(error)
    }
  }
}

extension ChunkReading.Batches {
  /// nil where batches wouldn't do on any target that there may be: those of a chunk that isn't there whole, of types
  /// that batches can't carry, and those that lack a column, as a chunk that is made anew has nothing to fill in for it.
  fileprivate init?(
    of chunk: ChunkDescription, for task: ExportPlanner.Task, _ capabilities: Capabilities
  ) {
    guard task.range.isUnbounded, chunk.status.contains(.compressed), let relation = chunk.compressed,
      let settings = task.chunk.compression, chunk.hasPortableBatches,
      chunk.columns.allSatisfy({ $0.missingValue == nil })
    else { return nil }
    stream = CopyStream(
      batchesOf: relation, into: relation.name, receivesNullBatches: capabilities.receivesNullBatches)
    self.settings = settings
  }
}
