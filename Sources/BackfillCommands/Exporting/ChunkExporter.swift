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

  /// - Returns: nil where another process has the chunk, or has finished it.
  /// - Throws: `ArchiveFault`, `TaskFailure`, `PostgresError`; `CommandFailure` where the snapshot is gone.
  func export(on session: borrowing Connection) throws -> ArchivedChunk? {
    guard let writer = try ChunkFileWriter.open(task.name, level: run.level, in: run.archive) else {
      run.leave(task)
      return nil
    }
    do {
      if let file = try run.archive.finished(task.name, in: run.plan.manifest.id) {
        writer.discard()
        run.keep(file)
        return nil
      }
      run.reporter.report(
        .began(
          worker: worker,
          StartedChunk(
            chunk: task.chunk.name, part: nil, place: task.place, expectedBytes: task.chunk.contents?.bytes)))
      let written = try write(to: writer, on: session)
      try writer.publish(written, of: run.plan.manifest.id)
      return written
    } catch {
      session.abandonStatement()
      writer.discard()
      throw SourceGuard.reason(for: error, from: session)
    }
  }

  private func write(
    to writer: borrowing ChunkFileWriter, on session: borrowing Connection
  ) throws -> ArchivedChunk {
    let chunk = try described(on: session)
    let reading = try ChunkReading(
      of: chunk, for: task, asRows: run.asRows, run.installation.capabilities)
    run.reporter.report(.phase(worker: worker, .copying))
    try ask(for: reading, of: chunk, on: session)
    var rows: Taken?
    if let stream = reading.rows { rows = try take(stream, into: try writer.openRows(), on: session) }
    var batches: Taken?
    if let stream = reading.batches?.stream {
      batches = try take(stream, into: try writer.openBatches(), on: session)
    }
    let sum = try confirmed(chunk, (rows?.rows ?? 0) + (batches?.rows ?? 0), on: session)
    run.reporter.report(.phase(worker: worker, .committing))
    return ArchivedChunk(
      name: task.name, chunk: chunk, range: task.range, rowFile: try rows?.published(),
      batches: try archived(batches, reading), rows: sum.rows, checksum: sum.sums[0],
      position: run.plan.position?.description)
  }

  private func archived(_ batches: Taken?, _ reading: ChunkReading) throws(ArchiveFault) -> ArchivedBatches? {
    guard let batches, let settings = reading.batches?.settings else { return nil }
    return ArchivedBatches(
      file: try batches.published(), rows: batches.rows, settings: settings,
      origin: BatchOrigin(run.installation))
  }

  private func ask(
    for reading: ChunkReading, of chunk: ChunkDescription, on session: borrowing Connection
  ) throws {
    let streams = [reading.rows, reading.batches?.stream].compactMap { $0 }
    // Texts in UTF-8, as nobody knows of which encoding the database is that they go to.
    let sum = Checksum.ofRows(
      in: Relation(chunk.name, only: chunk.compressed == nil),
      where: try ChunkReading.predicate(of: chunk, task.range), columns: chunk.columns, sameEncoding: false)
    let guards = SourceGuard.filesAreSame(SourceGuard.relations(of: chunk)) + ";"
    try session.send(
      streams.map(\.source.sql).joined(separator: "") + sum + ";" + guards + SourceGuard.ending(chunk),
      doing: operation)
  }

  /// A COPY that was taken into a file, which has no name yet.
  private struct Taken {
    let stream: CopyStream
    let file: CopyFileWriter
    /// What the COPY counted.
    let tuples: Int64
    /// The same, with those in batches counted one by one.
    let rows: Int64

    func published() throws(ArchiveFault) -> ArchivedFile {
      try file.publish(
        stream.source.format == .binary ? .binary : .text, columns: stream.source.columns, tuples: tuples)
    }
  }

  private func take(
    _ stream: CopyStream, into file: CopyFileWriter, on session: borrowing Connection
  ) throws -> Taken {
    try session.awaitCopy(doing: operation)
    let copied = try session.takeCopy(doing: operation) { block in
      try file.append(block)
      run.reporter.report(.moved(worker: worker, bytes: block.count))
    }
    let inBatches = try session.nextRows(doing: operation) { row throws(PostgresError) in
      try row.optionalInteger("rows_in_batches")
    }
    // No batches have no sum.
    let rows = stream.source.isCompressed ? (inBatches.first ?? nil) ?? 0 : copied.rows
    return Taken(stream: stream, file: file, tuples: copied.rows, rows: rows)
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

  /// - Returns: the rows' number, and the sum over their hashes.
  /// - Throws: `TaskFailure` where what was read isn't what was described.
  private func confirmed(
    _ chunk: ChunkDescription, _ rows: Int64, on session: borrowing Connection
  ) throws -> Checksum {
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
    return sum
  }
}
