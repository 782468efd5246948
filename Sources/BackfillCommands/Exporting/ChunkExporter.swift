import Archive
import ChunkCatalog
import ChunkPairs
import Copying
import Postgres
import TimescaleDB
import Verification

/// Writes the file of one chunk. What is described, what is read and what is summed up are of one snapshot; and as
/// TRUNCATE and the extension's planner go past snapshots, the server is asked afterwards whether it was so
/// (`SourceGuard`).
struct ChunkExporter {
  let task: ExportPlanner.Task
  let run: ExportRun
  let worker: Int

  private var operation: String { "reading \(task.chunk.name)" }

  /// - Returns: nil where another process has the file, or has finished it.
  /// - Throws: `ArchiveFault`, `TaskFailure`, `PostgresError`; `CommandFailure` where the snapshot is gone.
  func export(on session: borrowing Connection) throws -> ArchivedChunk? {
    guard var writer = try ChunkFileWriter.open(task.name, level: run.level, in: run.archive) else {
      run.leave(task)
      return nil
    }
    do {
      if try run.archive.finished(task.name, in: run.plan.manifest.id) != nil {
        writer.discard()
        run.keep()
        return nil
      }
      run.reporter.report(
        .began(
          worker: worker,
          StartedChunk(
            chunk: task.chunk.name, part: nil, place: task.place, expectedBytes: task.chunk.contents?.bytes)))
      return try write(to: &writer, on: session)
    } catch {
      session.abandonStatement()
      writer.discard()
      throw SourceGuard.reason(for: error, from: session)
    }
  }

  private func write(
    to writer: inout ChunkFileWriter, on session: borrowing Connection
  ) throws -> ArchivedChunk {
    let chunk = try described(on: session)
    let columns = Self.columns(of: chunk)
    let format: CopyStream.Format = columns.allSatisfy(\.hasPortableBinaryForm) ? .binary : .text
    let predicate = try predicate(of: chunk)
    let only = chunk.compressed == nil
    let rows = CopyStream(
      from: chunk.name, only: only, predicate: predicate, columns: columns.map(\.name), into: chunk.name,
      format: format)
    // Texts in UTF-8, as nobody knows of which encoding the database is that they go to.
    let sum = Checksum.ofRows(
      in: Relation(chunk.name, only: only), where: predicate, columns: chunk.columns, sameEncoding: false)
    let guards = SourceGuard.filesAreSame(SourceGuard.relations(of: chunk)) + ";"
    run.reporter.report(.phase(worker: worker, .copying))
    try session.send(
      rows.source.sql + sum + ";" + guards + SourceGuard.ending(chunk), doing: operation)
    try session.awaitCopy(doing: operation)
    let copied = try session.takeCopy(doing: operation) { block in
      try writer.append(block)
      run.reporter.report(.moved(worker: worker, bytes: block.count))
    }
    let checksum = try confirmed(chunk, copied.rows, on: session)
    run.reporter.report(.phase(worker: worker, .committing))
    return try writer.publish(of: run.plan.manifest.id) { written in
      ArchivedChunk(
        name: task.name, chunk: chunk, range: task.range, format: format == .binary ? .binary : .text,
        columns: columns.map(\.name), rows: copied.rows, copiedBytes: written.copiedBytes,
        bytes: written.bytes, sha256: written.sha256, checksum: checksum,
        position: run.plan.position?.description)
    }
  }

  /// The chunk in the snapshot of the export, in a transaction that stays open.
  private func described(on session: borrowing Connection) throws -> ChunkDescription {
    try SnapshotLoss.converting(in: run.archive) { () throws(PostgresError) in
      try session.execute(
        SnapshotLoss.opening(run.plan.snapshot), doing: "reading in the snapshot of the export")
    }
    let found = try session.query(ChunkDescription.question(task.chunk.name).sql, doing: operation) {
      row throws(PostgresError) in try ChunkDescription(row, name: task.chunk.name)
    }
    // In this snapshot it was there a moment ago.
    guard let chunk = found.first, chunk.slices == task.chunk.slices,
      chunk.hypertable == task.hypertable.name
    else { throw SourceGuard.failure }
    guard chunk.batchesAreKnown else { throw TaskFailure(.unknownBatches(.source)) }
    guard chunk.accessMethod != "hypercore" else { throw TaskFailure(.hypercore(.source)) }
    return chunk
  }

  /// The columns that rows have, in the hypertable's order, which a plain `\copy` into it takes.
  private static func columns(of chunk: ChunkDescription) -> [Column] {
    chunk.columns.filter { !$0.isGenerated }.sorted {
      (chunk.hypertableNumbers[$0.name] ?? .max) < (chunk.hypertableNumbers[$1.name] ?? .max)
    }
  }

  private func predicate(of chunk: ChunkDescription) throws(TaskFailure) -> SQL? {
    let pair = ChunkPair(
      source: chunk, target: nil, targetHypertable: chunk.hypertable, targetColumns: [],
      targetCompresses: false, bounds: TaskBounds(task.range))
    do throws(ChunkProblem) {
      return try pair.timePredicate()
    } catch {
      throw TaskFailure(error)
    }
  }

  /// - Returns: the sum over the rows' hashes.
  /// - Throws: `TaskFailure` where what was read isn't what was described.
  private func confirmed(
    _ chunk: ChunkDescription, _ rows: Int64, on session: borrowing Connection
  ) throws -> String {
    _ = try session.nextRows(doing: operation) { row throws(PostgresError) in
      try row.optionalInteger("rows_in_batches")
    }
    let sums = try session.nextRows(doing: operation) { row throws(PostgresError) in
      try Checksum(row, columns: 1)
    }
    var answers: [Bool] = []
    try session.drain(doing: operation) { answer throws(PostgresError) in
      answers += try answer.map(SourceGuard.isAsDescribed)
    }
    let expected = SourceGuard.dependsOnStatus(chunk) ? 2 : 1
    guard let sum = sums.first, sum.rows == rows, answers.count == expected, !answers.contains(false) else {
      throw SourceGuard.failure
    }
    return sum.sums[0]
  }
}
