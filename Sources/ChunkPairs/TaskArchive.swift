public import Archive
public import ChunkCatalog
internal import Postgres
internal import TimescaleDB

/// An archive that has the rows of a queue's tasks.
public struct TaskArchive: Sendable {
  public let directory: ArchiveDirectory
  /// Of its manifest.
  public let id: String

  public init(_ directory: ArchiveDirectory, id: String) {
    self.directory = directory
    self.id = id
  }

  /// What the archive has for a task. The file's name follows from what the task is about, and its description has to
  /// be of just that.
  ///
  /// - Throws: `TaskFailure`.
  public func chunk(of task: BackfillTask) throws(TaskFailure) -> ArchivedChunk {
    let name = ArchivedChunk.name(
      of: task.chunk, hypertable: task.hypertable ?? task.targetHypertable,
      slices: task.slices.map { ($0.column, $0.range) }, range: task.bounds.range)
    do throws(ArchiveFault) {
      return try directory.description(of: name, in: id)
    } catch {
      throw TaskFailure(error)
    }
  }
}
