import BackfillCommands
import Postgres

extension StagingFinding {
  var words: Words {
    switch self {
    case .surplus(let found):
      return Words(
        "the target holds clearly more than the source in this window: "
          + found.map(\.shown).joined(separator: "; "),
        hint:
          "source and target may be exchanged: see the first lines. Copying would delete these rows on the target; if "
          + "that is what you want, give stage --allow-shrinking")
    case .tiered(let hypertable, let chunks):
      return Words(
        "chunks of \(hypertable.shown) that are tiered to object storage are left out: "
          + chunks.map(\.shown).joined(separator: "; "),
        hint: "untier them on the source to have their rows copied")
    case .overlapping(let hypertable, let chunks):
      let verb = chunks == 1 ? "overlaps" : "overlap"
      return Words(
        "\(hypertable.shown): \(Quantity.count(chunks, "chunk")) \(verb) target chunks with other bounds; the rows are "
          + "inserted through the hypertable, which is slower")
    case .undivided(let hypertable, let chunks):
      return Words(
        "\(hypertable.shown): chunks larger than --split-size stay whole (\(chunks)): the source has no index on time "
          + "for reading a part, or the rows are not stored in the order of time")
    case .unfinishable(let chunks):
      return Words(
        "with this window, partly copied chunks would stay unfinished: \(Words.list(chunks, limit: chunks.count))",
        hint:
          "choose a window with a part of them that is not copied, run copy first, or run clean, which rebuilds "
          + "their indexes")
    case .sharedRows(let chunks):
      return Words(
        "the queue has several uncopied tasks for the same rows of these chunks: \(Words.list(chunks))",
        hint: "run stage for their hypertables too (without --filter), which replaces uncopied tasks")
    case .copiedAndDropped(let hypertable, let chunks):
      let was = chunks == 1 ? "was" : "were"
      return Words(
        "\(hypertable.shown) was dropped and created again, or replaced, on the target after "
          + "\(Quantity.count(chunks, "chunk")) of it \(was) copied; what lies in this window is staged again"
      )
    case .untoldWarnings(let count):
      return Words("'\(Version.program) check' has \(Quantity.count(count, "more warning"))")
    case .copiedOutside(let hypertable, let chunks):
      let (lie, stay) = chunks == 1 ? ("lies", "stays") : ("lie", "stay")
      return Words(
        "\(chunks) copied \(chunks == 1 ? "chunk" : "chunks") of \(hypertable.shown) \(lie) wholly or partly outside this "
          + "window, and \(stay) copied")
    }
  }
}

extension Surplus {
  fileprivate var shown: String {
    switch fact {
    case .rows(let source, let target):
      "\(hypertable.shown) (rows: \(source) on the source, \(target) on the target)"
    case .emptyOnSource(let chunks):
      "\(hypertable.shown): \(Quantity.count(chunks, "chunk")) of those examined \(chunks == 1 ? "has" : "have") no row "
        + "on the source, and rows on the target"
    case .onlyOnTarget: "\(hypertable.shown): no chunk on the source, rows on the target"
    }
  }
}

extension TieredChunk {
  fileprivate var shown: String {
    switch place {
    case .inWindow: "\(chunk.shown), which holds rows of the window"
    case .outsideWindow: "\(chunk.shown), which lies outside of the window"
    case .unknown: "\(chunk.shown), which may hold rows of the window"
    case .noWindow: chunk.shown
    }
  }
}
