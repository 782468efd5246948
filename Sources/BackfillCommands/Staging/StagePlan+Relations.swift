import ChunkCatalog
import Postgres
import TimescaleDB

extension StagePlan {
  /// What becomes of each selected hypertable and continuous aggregate, by name.
  ///
  /// - Parameter unmatched: chunks without a counterpart on the target.
  func relations(_ restaging: Restaging, unmatched: Set<QualifiedName>) -> [StagedRelation] {
    let tasks = Dictionary(grouping: restaging.added, by: \.hypertable)
    let works = Dictionary(grouping: work, by: \.pair.source.id)
    let all = Dictionary(grouping: chunks, by: \.hypertableID)
    return pairs.map { pair in
      var relation = StagedRelation(
        pair, tasks[pair.source.name] ?? [], works[pair.source.id] ?? [], unmatched: unmatched)
      let chunks = all[pair.source.id] ?? []
      let tiered = chunks.count(where: \.isTiered)
      let leftOut: [StagedRelation.Remark?] = [
        restaging.alreadyStaged[pair.source.name].map { .alreadyStaged(chunks: $0) },
        .outsideWindow(chunks: chunks.count - tiered - (works[pair.source.id]?.count ?? 0)),
        .tiered(chunks: tiered),
      ]
      relation.remarks += leftOut.compactMap { $0 }.filter(\.isWorthSaying)
      return relation
    }.sorted { "\($0.name)" < "\($1.name)" }
  }
}

extension StagedRelation {
  fileprivate init(
    _ pair: HypertablePair, _ tasks: [StagedTask], _ works: [StagePlan.Work],
    unmatched: Set<QualifiedName>
  ) {
    self.init(name: pair.source.knownName, kind: pair.source.aggregate == nil ? .hypertable : .aggregate)
    let staged = Set(tasks.map(\.chunk))
    let works = works.filter { staged.contains($0.chunk.name) }
    let compressed = works.filter { $0.chunk.compression != nil }
    let parts = tasks.filter { $0.part != nil }
    chunks = staged.count
    compressedChunks = compressed.count
    cut = works.count { !$0.range.isUnbounded }
    splitChunks = Set(parts.map(\.chunk)).count
    self.parts = parts.count
    bytes = tasks.reduce(0) { $0 + ($1.expectedBytes ?? 0) }
    rows = tasks.reduce(0) { sum, task in sum.flatMap { sum in task.expectedRows.map { sum + $0 } } }
    let found = works.count { unmatched.contains($0.chunk.name) }
    let whole = compressed.filter { $0.range.isUnbounded && !unmatched.contains($0.chunk.name) }
    let slow: [Remark] = [
      .throughHypertable(chunks: found),
      .asText(
        chunks: pair.textColumns.isEmpty ? 0 : works.count - whole.count, columns: pair.textColumns),
      .decompressed(chunks: pair.compresses ? compressed.count - whole.count : 0),
      .compressedAnew(
        chunks: pair.compresses && !pair.unbatchableColumns.isEmpty ? whole.count : 0,
        columns: pair.unbatchableColumns),
      .storedUncompressed(chunks: pair.compresses ? 0 : compressed.count),
    ]
    remarks = slow.filter(\.isWorthSaying)
  }
}

extension StagedRelation.Remark {
  /// Concerns a chunk.
  fileprivate var isWorthSaying: Bool {
    switch self {
    case .alreadyStaged(let chunks), .outsideWindow(let chunks), .tiered(let chunks),
      .throughHypertable(let chunks), .asText(let chunks, _), .decompressed(let chunks),
      .compressedAnew(let chunks, _), .storedUncompressed(let chunks):
      chunks > 0
    }
  }
}
