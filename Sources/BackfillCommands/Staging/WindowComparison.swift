import Postgres
import TimescaleDB

/// Whether the target holds clearly more than the source where copying would replace rows: then the two are exchanged, as
/// a rule. What was written to both, or was copied before, is on the source too.
struct WindowComparison {
  /// A hypertable with what both sides have where it is staged.
  struct Relation {
    let pair: HypertablePair
    /// From the first to the last time that is staged.
    let extent: Dimension.Range
    let sourceBytes: Int64
    let targetBytes: Int64
    let targetChunks: Int
    /// The target has it compressed and the source hasn't, so that the same rows take far fewer bytes there.
    let isTighter: Bool
    /// Chunks of the target with bytes where the source's chunk has none, and what of them is staged.
    let suspects: [(chunk: QualifiedName, range: Dimension.Range)]

    /// Whether rows have to be counted to be sure: bytes say enough of large ones. Counting few bytes costs nothing.
    var needsCount: Bool {
      guard targetBytes > 0 else { return false }
      let isSmall = targetBytes <= Self.fewBytes && targetChunks <= Self.fewChunks
      return isSmall || targetBytes / 3 > sourceBytes || isTighter && targetBytes > sourceBytes / 3
    }

    private static let fewBytes: Int64 = 64 << 20
    private static let fewChunks = 1000
  }

  /// The least ratio of rows that counts as clearly more; `copy` asks the same of each task.
  static let ratio: Int64 = 10

  let relations: [Relation]
  /// Hypertables of which the source has no chunk at all, while the target has one in the window; only where that goes for
  /// all that are selected.
  let onlyOnTarget: [(pair: HypertablePair, window: Dimension.Range)]

  init(_ plan: StagePlan) {
    let works = Dictionary(grouping: plan.work, by: \.pair.source.id)
    relations = plan.pairs.compactMap { pair in
      works[pair.source.id].flatMap { Relation(pair, $0, plan.targetChunks[pair.target.id] ?? []) }
    }
    guard plan.chunks.isEmpty else {
      onlyOnTarget = []
      return
    }
    onlyOnTarget = plan.pairs.compactMap { pair in
      guard let window = plan.bounds.range(for: pair.source), let index = pair.target.dimensions.timeIndex
      else { return nil }
      let chunks = plan.targetChunks[pair.target.id] ?? []
      return chunks.contains { $0.slices[index].overlaps(window) } ? (pair, window) : nil
    }
  }

  /// - Throws: `PostgresError`.
  func find(_ databases: borrowing Databases) throws(PostgresError) -> Result {
    let counted = try counted(databases)
    let surplus =
      counted
      + (try shadowed(besides: Set(counted.map(\.hypertable)), on: databases.target))
      + (try unmatched(on: databases.target))
    return Result(surplus: surplus)
  }

  struct Result: ChecklistItem {
    /// Where the target holds clearly more.
    let surplus: [Surplus]

    var findings: [CheckedFinding] {
      surplus.isEmpty ? [] : [.init(.stop, .staging(.surplus(surplus)))]
    }
  }

  /// Relations with more rows on the target, exactly.
  private func counted(
    _ databases: borrowing Databases
  ) throws(PostgresError) -> [Surplus] {
    let doubtful = relations.filter(\.needsCount)
    guard !doubtful.isEmpty else { return [] }
    let operation = "counting rows of the window"
    func question(_ name: (HypertablePair) -> QualifiedName) -> SQL {
      // Numbered, as several workers of a server answer in any order.
      doubtful.enumerated().map { number, relation in
        "SELECT \(number) AS number, count(*) AS rows FROM \(name(relation.pair))\(SQL.filter(relation.predicate))"
          as SQL
      }.joined(separator: " UNION ALL ") + " ORDER BY number"
    }
    // Both sides at the same time.
    try databases.source.send(question(\.source.name), doing: operation)
    try databases.target.send(question(\.target.name), doing: operation)
    let theirs = try databases.source.rows(doing: operation) { row throws(PostgresError) in
      try row.integer("rows")
    }
    let ours = try databases.target.rows(doing: operation) { row throws(PostgresError) in
      try row.integer("rows")
    }
    return zip(doubtful, zip(theirs, ours)).compactMap { relation, rows in
      guard rows.1 > 0, rows.1 / Self.ratio >= rows.0 else { return nil }
      return Surplus(
        hypertable: relation.pair.source.knownName, fact: .rows(source: rows.0, target: rows.1))
    }
  }

  /// Relations with chunks that are empty on the source and have rows on the target. A hundred are as good a sign as all.
  private func shadowed(
    besides told: Set<QualifiedName>, on target: borrowing Connection
  ) throws(PostgresError) -> [Surplus] {
    let doubtful = relations.filter { !told.contains($0.pair.source.knownName) }
    let suspects = doubtful.flatMap { relation in relation.suspects.map { (relation, $0) } }.prefix(100)
    guard !suspects.isEmpty else { return [] }
    let questions = suspects.enumerated().map { number, suspect in
      let condition = SQL.filter(suspect.0.predicate(of: suspect.1.range))
      return "SELECT \(number) AS number WHERE EXISTS (SELECT FROM \(suspect.1.chunk)\(condition))" as SQL
    }
    let found = try target.query(
      questions.joined(separator: " UNION ALL "), doing: "looking into chunks that the source has empty"
    ) { row throws(PostgresError) in suspects[Int(try row.integer("number"))].0.pair.source.knownName }
    return Dictionary(grouping: found, by: { $0 }).sorted { "\($0.key)" < "\($1.key)" }.map { name, chunks in
      Surplus(hypertable: name, fact: .emptyOnSource(chunks: chunks.count))
    }
  }

  /// Relations that the source has nothing of.
  private func unmatched(on target: borrowing Connection) throws(PostgresError) -> [Surplus] {
    guard !onlyOnTarget.isEmpty else { return [] }
    let questions = onlyOnTarget.enumerated().map { number, found in
      let condition = SQL.filter(found.pair.target.timePredicate(found.window))
      return "SELECT \(number) AS number WHERE EXISTS (SELECT FROM \(found.pair.target.name)\(condition))"
        as SQL
    }
    return try target.query(
      questions.joined(separator: " UNION ALL "), doing: "looking for rows of the window"
    ) { row throws(PostgresError) in
      Surplus(
        hypertable: onlyOnTarget[Int(try row.integer("number"))].pair.source.knownName, fact: .onlyOnTarget)
    }
  }
}

extension WindowComparison.Relation {
  fileprivate init?(_ pair: HypertablePair, _ work: [StagePlan.Work], _ targetChunks: [Chunk]) {
    guard let index = pair.source.dimensions.timeIndex, let targetIndex = pair.target.dimensions.timeIndex
    else { return nil }
    let ranges = work.map { $0.range.intersection($0.chunk.slices[index]) }
    guard let lower = ranges.map(\.lower).min(), let upper = ranges.map(\.upper).max() else { return nil }
    let extent = Dimension.Range(lower: lower, upper: upper)
    let there = targetChunks.filter { !$0.isTiered && $0.slices[targetIndex].overlaps(extent) }
    self.pair = pair
    self.extent = extent
    sourceBytes = work.reduce(0) { $0 + $1.chunk.size }
    targetBytes = there.reduce(0) { $0 + $1.size }
    self.targetChunks = there.count
    isTighter = there.contains { $0.compression != nil } && work.contains { $0.chunk.compression == nil }
    let known = TargetChunks(there, timeIndex: targetIndex)
    suspects = zip(work, ranges).compactMap { work, range in
      guard work.chunk.size == 0, let counterpart = known.equal(to: pair.targetSlices(work.chunk.slices)),
        counterpart.size > 0
      else { return nil }
      return (counterpart.name, range)
    }
  }

  fileprivate var predicate: SQL? { predicate(of: extent) }

  fileprivate func predicate(of range: Dimension.Range) -> SQL? { pair.source.timePredicate(range) }
}

extension Hypertable {
  /// A range of time as a condition; nil where it leaves nothing out.
  fileprivate func timePredicate(_ range: Dimension.Range) -> SQL? {
    guard case .condition(let condition)? = timeDimension?.predicate(range) else { return nil }
    return condition
  }
}
