public import Archive
internal import ChunkCatalog
internal import Postgres
internal import TaskEngine
internal import TimescaleDB

/// Rows out of files of an archive. What is read of the source is what was described, as both were written in one
/// snapshot; whether a file is still what was written is found when all of it is read, and before anything is committed.
public struct ArchivedRows: Sendable {
  public let chunk: ArchivedChunk
  let directory: ArchiveDirectory

  init(_ chunk: ArchivedChunk, in directory: ArchiveDirectory) {
    self.chunk = chunk
    self.directory = directory
  }

  /// Some rows, or all of them, are there as compressed batches alone.
  var hasBatches: Bool { chunk.batches != nil }

  /// A table of other columns would take the rows' values for those of other columns, or none at all.
  ///
  /// - Parameter columns: those that the target doesn't compute itself.
  /// - Throws: `TaskFailure`.
  func refuseOtherColumns(_ columns: [Identifier]) throws(TaskFailure) {
    let own = chunk.rowFile?.columns ?? chunk.chunk.columns.filter { !$0.isGenerated }.map(\.name)
    let difference = Set(columns).symmetricDifference(own)
    guard !difference.isEmpty else { return }
    throw TaskFailure(
      .columns(
        file: chunk.rowFile?.name ?? ArchivedChunk.descriptionFile(chunk.name),
        names: difference.map(\.name).sorted()))
  }

  /// The file that stands in for a COPY of the source.
  ///
  /// - Throws: `TaskFailure` where there is none.
  func data(for source: CopyStream.Source) throws(TaskFailure) -> ArchivedData {
    if source.isCompressed, let batches = chunk.batches {
      return ArchivedData(file: batches.file, rows: batches.rows, directory: directory)
    }
    guard !source.isCompressed, let file = chunk.rowFile else {
      throw TaskFailure(.missing(file: ArchivedChunk.dataFile(chunk.name)))
    }
    return ArchivedData(file: file, rows: file.tuples, directory: directory)
  }
}

/// COPY data of a file, of rows or of batches.
struct ArchivedData {
  let file: ArchivedFile
  /// Those in batches counted one by one.
  let rows: Int64
  let directory: ArchiveDirectory
}

extension ArchivedData: RowSource {
  /// There is nobody to be asked.
  func ask(_ sessions: borrowing WorkerSessions) {}

  func stream(_ sessions: borrowing WorkerSessions, moved: (Int) -> Void) throws -> StreamedRows {
    let operation = "copying rows"
    do {
      try file.read(in: directory) { block in
        try sessions.target.sendCopy(block, doing: operation)
        moved(block.count)
      }
    } catch let fault as ArchiveFault {
      throw TaskFailure(fault)
    }
    let taken = try sessions.target.endCopy(doing: operation)
    return StreamedRows(sent: file.tuples, taken: taken, rows: rows, bytes: file.copiedBytes)
  }

  /// The digest has said it.
  func confirm(_ sessions: borrowing WorkerSessions) {}

  func abandon(after error: any Error, _ sessions: borrowing WorkerSessions) -> any Error { error }
}
