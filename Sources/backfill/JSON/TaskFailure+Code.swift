import Archive
import BackfillCommands
import ChunkCatalog

extension TaskFailure {
  /// What kind of failure it is, for programs. A code never changes its meaning.
  var code: String {
    switch self {
    case .server: "server-error"
    case .chunk(let problem): problem.code
    case .copying(let problem): problem.code
    case .archive(let fault): fault.code
    }
  }
}

extension ChunkProblem {
  fileprivate var code: String {
    switch self {
    case .filterOfAnotherTool: "filter-of-another-tool"
    case .filterWithoutBounds: "filter-without-bounds"
    case .otherHypertable: "other-hypertable"
    case .wrongTarget: "wrong-target"
    case .otherSlices: "other-slices"
    case .boundsOutsideChunk: "bounds-outside-chunk"
    case .goneWithoutRange: "gone-without-range"
    case .goneInto: "gone-into-another"
    case .goneAndTiered: "gone-and-tiered"
    case .tiered: "tiered"
    case .unknownBatches: "unknown-batches"
    case .changedWhileRead: "changed-while-read"
    case .noTargetHypertable: "no-target-hypertable"
    case .unloggedTarget: "unlogged-target"
    case .columns: "columns-differ"
    case .inexpressibleRange: "inexpressible-range"
    case .hypercore: "hypercore"
    case .archivedBatches: "archived-batches"
    }
  }
}

extension CopyProblem {
  fileprivate var code: String {
    switch self {
    case .cascade: "cascading-key"
    case .rowsLost: "rows-lost"
    case .shrinking: "shrinking"
    case .notRestored: "not-restored"
    }
  }
}
