import Postgres
import TimescaleDB

/// Makes chunks on the target, in small committed transactions: create_chunk locks its hypertable, and every chunk and
/// index takes a place in the server's lock table until the commit.
struct ChunkMaker {
  /// Chunks made in one transaction.
  static let batchSize = 25

  struct Wanted {
    /// Where the caller keeps the result.
    let index: Int
    /// In the order of the target's dimensions.
    let slices: [Dimension.Range]
    /// The chunk is there already, and only has to be made ready for compressed rows.
    let existing: QualifiedName?
    /// It is compressed, by other settings.
    let isCompressed: Bool
    /// How the source's chunk is compressed; nil for a chunk that isn't.
    let compression: CompressionSettings?
  }

  let hypertable: Hypertable
  let compresses: Bool
  let capabilities: Capabilities
  let extensionSchema: Identifier
  let lockRetry: LockRetry

  /// Makes chunks, batch by batch.
  ///
  /// - Parameter proceed: asked before each batch; false ends early.
  /// - Returns: the chunks' names by the wanted chunks' indexes. A chunk that can't be made, as writes have made an
  ///   overlapping one meanwhile, isn't among them.
  /// - Throws: `PostgresError`.
  func make(
    _ wanted: [Wanted], on target: borrowing Connection, proceed: () throws -> Void
  ) throws -> [Int: QualifiedName] {
    var made: [Int: QualifiedName] = [:]
    let referenced = try ChunkMakerLocks.referenced(by: hypertable.name, on: target)
    // One transaction sets the hypertable's compression settings once, so chunks go by their settings.
    for (compression, group) in Dictionary(grouping: wanted, by: \.compression) {
      let changes = try changesSettings(to: compression, on: target)
      for batch in Self.batches(group) {
        try proceed()
        let locks = ChunkMakerLocks(
          hypertable: hypertable.name, changesSettings: changes, existing: batch.compactMap(\.existing).first,
          referenced: referenced)
        made.merge(try make(batch, locks, on: target), uniquingKeysWith: { $1 })
      }
    }
    return made
  }

  /// New chunks together, as nobody else knows them yet. One that others may be using has a transaction of its own, in
  /// which it is the only one of its kind that is locked.
  private static func batches(_ wanted: [Wanted]) -> [[Wanted]] {
    let fresh = wanted.filter { $0.existing == nil }
    return wanted.filter { $0.existing != nil }.map { [$0] }
      + stride(from: 0, to: fresh.count, by: batchSize).map { start in
        Array(fresh[start..<min(start + batchSize, fresh.count)])
      }
  }

  /// Whether the hypertable's settings have to be others for a while.
  private func changesSettings(
    to settings: CompressionSettings?, on target: borrowing Connection
  ) throws(PostgresError) -> Bool {
    guard compresses, let settings else { return false }
    let own = try target.query(
      CompressionSettings.question(of: hypertable.name, capabilities: capabilities), doing: operation,
      CompressionSettings.answer
    ).first
    return own.map { !$0.settings.isSame(as: settings) } ?? false
  }

  private func make(
    _ batch: [Wanted], _ locks: ChunkMakerLocks, on target: borrowing Connection
  ) throws(PostgresError) -> [Int: QualifiedName] {
    do throws(PostgresError) {
      return try lockRetry.transact(on: target, locking: locks.relations, doing: operation) {
        target, opening, attempt throws(PostgresError) in
        try makeTogether(
          batch, opening: opening + locks.statements(attempt: attempt),
          mayChangeSettings: locks.changesSettings, on: target)
      }
    } catch {
      guard ChunkDescription.isCollision(error) else { throw error }
      guard batch.count > 1 else { return [:] }
      var made: [Int: QualifiedName] = [:]
      for wanted in batch { made.merge(try make([wanted], locks, on: target), uniquingKeysWith: { $1 }) }
      return made
    }
  }

  private func makeTogether(
    _ batch: [Wanted], opening: SQL, mayChangeSettings: Bool, on target: borrowing Connection
  ) throws(PostgresError) -> [Int: QualifiedName] {
    let opening = opening + ChunkDescription.tracksColumnRanges + ";"
    var names = try create(batch.filter { $0.existing == nil }, opening: opening, on: target)
    for wanted in batch { if let existing = wanted.existing { names[wanted.index] = existing } }
    if compresses, let settings = batch.first?.compression {
      let opened = batch.filter(\.isCompressed).compactMap(\.existing)
      try compress(
        Array(names.values), opening: opened, by: settings, mayChangeSettings: mayChangeSettings, on: target)
    }
    return names
  }

  private var operation: String { "making chunks of \(hypertable.name)" }

  /// - Parameter opening: sent ahead, with the statement that makes the chunks.
  private func create(
    _ batch: [Wanted], opening: SQL, on target: borrowing Connection
  ) throws(PostgresError) -> [Int: QualifiedName] {
    guard !batch.isEmpty else {
      try target.execute(opening, doing: operation)
      return [:]
    }
    let rows = batch.map { "(\($0.index), \(jsonb($0)))" as SQL }
    let made = try target.query(
      opening + """
        SELECT v.index, c.schema_name, c.table_name
        FROM (VALUES \(rows.joined(separator: ", "))) AS v (index, slices)
        CROSS JOIN LATERAL \(ChunkForm.creation(in: hypertable.name, slices: "v.slices")) AS c
        """, doing: operation
    ) { row throws(PostgresError) in
      (Int(try row.integer("index")), try row.name("schema_name", "table_name"))
    }
    return Dictionary(made, uniquingKeysWith: { first, _ in first })
  }

  /// Compresses chunks by the settings that the source's had, which TimescaleDB only takes from the hypertable: they
  /// are set there, used, and put back in this transaction. Where they would not come back exactly as they were, the
  /// chunks stay uncompressed, and copying decides.
  private func compress(
    _ chunks: [QualifiedName], opening compressed: [QualifiedName], by settings: CompressionSettings,
    mayChangeSettings: Bool, on target: borrowing Connection
  ) throws(PostgresError) {
    let compression =
      compressed.map { ChunkForm.decompress($0, schema: extensionSchema) + ";" }.joined(separator: "")
      + chunks.map { ChunkForm.compress($0, schema: extensionSchema) + ";" }.joined(separator: "")
    let question = CompressionSettings.question(of: hypertable.name, capabilities: capabilities)
    let before = try target.query(question, doing: operation, CompressionSettings.answer).first
    guard let before, !before.settings.isSame(as: settings) else {
      return try target.execute(compression, doing: operation)
    }
    // Somebody has changed them since they were looked at; copying decides.
    guard mayChangeSettings else { return }
    let savepoint = Savepoint("compression")
    // Leaving unset what the source's chunk has unset, and where TimescaleDB then chooses something else, emptied.
    for setting in settings.ways(on: hypertable.name, from: before.settings, capabilities: capabilities) {
      try target.execute(
        savepoint.setting + setting + compression
          + before.settings.replace(settings, on: hypertable.name, capabilities: capabilities),
        doing: operation)
      let after = try target.query(question, doing: operation, CompressionSettings.answer).first
      if after?.text.hasSameBytes(as: before.text) == true,
        try areCompressed(chunks, by: settings, on: target)
      {
        return
      }
      try savepoint.undo(on: target, doing: operation)
    }
  }

  private func areCompressed(
    _ chunks: [QualifiedName], by settings: CompressionSettings, on target: borrowing Connection
  ) throws(PostgresError) -> Bool {
    let made = try target.query(
      CompressionSettings.question(ofChunks: chunks, capabilities: capabilities), doing: operation
    ) { row throws(PostgresError) in try CompressionSettings.answer(row).settings }
    return made.count == chunks.count && made.allSatisfy { $0.isSame(as: settings) }
  }

  private func jsonb(_ wanted: Wanted) -> SQL {
    ChunkDescription.slices(zip(hypertable.dimensions, wanted.slices).map { ($0.column, $1) })
  }
}
