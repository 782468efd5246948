import ChunkCatalog
import Postgres
import TimescaleDB

extension ChunkProblem {
  var words: Words { Words(reason, hint: advice) }

  private var reason: String {
    switch self {
    case .filterOfAnotherTool:
      "this part of a chunk was staged by another tool, and its filter cannot be trusted as SQL"
    case .filterWithoutBounds:
      "the task has a filter and no bounds, so its part of the chunk is not known"
    case .otherHypertable(let found, let staged):
      "the chunk belongs to hypertable \(found), but was staged as a chunk of \(staged)"
    case .wrongTarget(let hypertable, let target):
      "rows of hypertable \(hypertable) do not belong in \(target)"
    case .otherSlices: "the chunk is not the one that was staged: its dimensions or their ranges differ"
    case .boundsOutsideChunk: "the task's bounds are not within the chunk"
    case .goneWithoutRange: "the chunk is gone from the source, and the queue does not record its range"
    case .goneInto(let chunk):
      "the chunk is gone from the source, and its range belongs to chunk \(chunk) now"
    case .goneAndTiered(let hypertable):
      "the chunk is gone from the source, and \(hypertable) has data in object storage, where its rows may be"
    case .tiered: "the chunk has been tiered to object storage"
    case .unknownBatches(let side):
      "the chunk on the \(side.rawValue) is compressed, and its compressed rows cannot be found in the catalog"
    case .changedWhileRead:
      "the chunk was compressed, decompressed or truncated on the source while it was being read"
    case .noTargetHypertable(let hypertable): "the target has no hypertable \(hypertable)"
    case .unloggedTarget(let hypertable):
      "the target's \(hypertable) is unlogged, so a crash of the server would leave it empty"
    case .columns(let difference, let target): difference.reason(target: target)
    case .inexpressibleRange(let dimension):
      "the range of dimension \(dimension.column) (type \(dimension.type)) cannot be written as a condition"
    case .hypercore(let side):
      "the chunk on the \(side.rawValue) uses the hypercore access method, which this program cannot copy"
    case .archivedBatches(let obstacle):
      "the archive has the chunk as compressed batches, which cannot be put into the target as they are, as \(obstacle.text)"
    }
  }

  private var advice: String {
    switch self {
    case .filterOfAnotherTool: "run clean and stage again, or delete this task and stage its time range"
    case .filterWithoutBounds, .otherHypertable, .wrongTarget, .boundsOutsideChunk:
      "the task was changed, or the chunk was after it was staged; run clean, then stage again"
    case .otherSlices:
      "run stage again with the same options, then copy; if the queue was edited by hand, run clean first"
    case .goneWithoutRange: "run clean, then stage again"
    case .goneInto: "run stage again with the same options, then copy"
    case .goneAndTiered:
      "untier the chunk on the source; if its rows were dropped, delete the task from __backfill.task"
    case .tiered: "untier it on the source"
    case .unknownBatches:
      "check that this program knows the TimescaleDB version, and that queries on the chunk work"
    case .changedWhileRead:
      "with --snapshot, trying again does not help: stage again with a newer snapshot; export takes one when it is run again"
    case .noTargetHypertable: "restore the schema on the target, then run copy again"
    case .unloggedTarget(let hypertable):
      "ALTER TABLE \(hypertable) SET LOGGED on the target, which changes its chunks too; then stage and copy again"
    case .columns: "make the hypertables' columns equal, then run the same command again"
    case .inexpressibleRange:
      "copy the chunk as a whole, into a target chunk with the same bounds"
    case .hypercore: "convert it with ALTER TABLE ... SET ACCESS METHOD heap"
    case .archivedBatches(let obstacle): obstacle.adviceForArchive
    }
  }
}

extension BatchObstacle {
  /// What to do where batches are all that there is.
  fileprivate var adviceForArchive: String {
    let mend: String? =
      switch self {
      case .settings:
        "give the target's hypertable the source's compression settings and import again"
      case .noCompression:
        "turn on compression for the target's hypertable, with the source's settings, and import again"
      case .constraints: "drop these until the migration is complete and import again"
      case .aggregateWasRefreshed:
        "run jobs off and clean --force, import again, and then run refresh-caggs --force"
      case .slices:
        "drop the target's chunks in its range, if nothing else is in them, run clean --force and import again"
      case .archivedRows, .binaryIsRefused, .missingValues, .bloomFilters, .columnTypes, .order, .versions:
        nil
      }
    return (mend.map { $0 + "; or " } ?? "") + "export again with --rows, and import that"
  }
}

extension ColumnAgreement.Difference {
  fileprivate func reason(target: QualifiedName) -> String {
    switch self {
    case .onlyOnSource(let column): "the target's \(target) has no column \(column.name)"
    case .onlyOnTarget(let column): "the source's chunk has no column \(column.name)"
    case .types(let source, let target): target.difference(from: source)
    }
  }
}

extension Column {
  /// What differs between the source's column and this one of the target.
  func difference(from source: Column) -> String {
    source.type.hasSameBytes(as: type)
      ? "type \(type) of column \(name) is defined otherwise on the source (\(source.typeDefinition)) than on the target (\(typeDefinition))"
      : "column \(name) is \(source.type) on the source and \(type) on the target"
  }
}
