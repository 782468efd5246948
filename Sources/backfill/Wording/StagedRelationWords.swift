import BackfillCommands
import Postgres

extension [StagedRelation] {
  /// A table with a line for each relation, then what there is to say of them.
  var shown: [String] {
    guard !isEmpty else { return [] }
    var table = TextTable([
      ("Relation", .left), ("Kind", .left), ("Chunks", .right), ("Compressed", .right), ("Cut", .right),
      ("In parts", .right), ("Size", .right), ("Rows, about", .right),
    ])
    for relation in self { table.add(relation.cells) }
    if count > 1 { table.add(total) }
    return table.lines + flatMap(\.remarkLines)
  }

  private var total: [String] {
    let rows = reduce(0 as Int64?) { sum, relation in sum.flatMap { sum in relation.rows.map { sum + $0 } } }
    return [
      "Total", "", "\(sum(\.chunks))", "\(sum(\.compressedChunks))", "\(sum(\.cut))", "\(sum(\.splitChunks))",
      Quantity.bytes(reduce(0) { $0 + $1.bytes }), StagedRelation.number(rows),
    ]
  }

  private func sum(_ fact: (StagedRelation) -> Int) -> Int { reduce(0) { $0 + fact($1) } }
}

extension StagedRelation {
  fileprivate var cells: [String] {
    [
      name.shown, kind.rawValue, "\(chunks)", "\(compressedChunks)", "\(cut)", "\(splitChunks)",
      Quantity.bytes(bytes), Self.number(rows),
    ]
  }

  fileprivate static func number(_ rows: Int64?) -> String { rows.map { "\($0)" } ?? "?" }

  fileprivate var remarkLines: [String] { remarks.map { "  \(name.shown): \($0.text)" } }
}

extension StagedRelation.Remark {
  var text: String {
    switch self {
    case .alreadyStaged(let chunks): "\(Quantity.count(chunks, "chunk")) staged already"
    case .outsideWindow(let chunks): "\(Quantity.count(chunks, "chunk")) outside of the window left out"
    case .tiered(let chunks): "\(Quantity.count(chunks, "chunk")) tiered to object storage left out"
    case .throughHypertable(let chunks):
      "slow: \(Quantity.count(chunks, "chunk")) through the hypertable, as the target has no chunk with the same bounds"
    case .asText(let chunks, let columns):
      "slow: \(Quantity.count(chunks, "chunk")) as text, for column \(Self.list(columns))"
    case .decompressed(let chunks):
      "slow: \(Quantity.count(chunks, "compressed chunk")) row by row, as only a part of the chunk is in the window"
    case .compressedAnew(let chunks, let columns):
      "slow: \(Quantity.count(chunks, "chunk")) compressed anew on the target, as batches cannot carry the type of column "
        + Self.list(columns)
    case .storedUncompressed(let chunks):
      "slow: \(Quantity.count(chunks, "compressed chunk")) stored uncompressed, as the target's hypertable has no compression"
    }
  }

  private static func list(_ columns: [Identifier]) -> String { Words.list(columns.map(\.shown)) }
}
