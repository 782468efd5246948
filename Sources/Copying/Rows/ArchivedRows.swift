public import Archive
internal import ChunkCatalog
internal import Postgres
internal import TaskEngine
internal import TimescaleDB

/// Rows out of a file of an archive. What is read of the source is what was described, as both were written in one
/// snapshot; whether the file is still what was written is found when all of it is read, and before anything is
/// committed.
public struct ArchivedRows: Sendable {
  public let chunk: ArchivedChunk
  let directory: ArchiveDirectory

  init(_ chunk: ArchivedChunk, in directory: ArchiveDirectory) {
    self.chunk = chunk
    self.directory = directory
  }

  /// A table of other columns would take the rows' values for those of other columns, or none at all.
  ///
  /// - Parameter columns: those that the target doesn't compute itself.
  /// - Throws: `TaskFailure`.
  func refuseOtherColumns(_ columns: [Identifier]) throws(TaskFailure) {
    let difference = Set(columns).symmetricDifference(chunk.columns)
    guard !difference.isEmpty else { return }
    throw TaskFailure(
      .columns(file: ArchivedChunk.dataFile(chunk.name), names: difference.map(\.name).sorted()))
  }
}

extension ArchivedRows: RowSource {
  /// There is nobody to be asked.
  func ask(_ sessions: borrowing WorkerSessions) {}

  func stream(_ sessions: borrowing WorkerSessions, moved: (Int) -> Void) throws -> StreamedRows {
    let operation = "copying rows"
    do {
      try chunk.readRows(in: directory) { block in
        try sessions.target.sendCopy(block, doing: operation)
        moved(block.count)
      }
    } catch let fault as ArchiveFault {
      throw TaskFailure(fault)
    }
    let taken = try sessions.target.endCopy(doing: operation)
    return StreamedRows(sent: chunk.rows, taken: taken, rows: taken, bytes: chunk.copiedBytes)
  }

  /// The digest has said it.
  func confirm(_ sessions: borrowing WorkerSessions) {}

  func abandon(after error: any Error, _ sessions: borrowing WorkerSessions) -> any Error { error }
}
