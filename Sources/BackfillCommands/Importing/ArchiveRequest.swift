public import ChunkCatalog
public import Postgres

/// What work on a queue is given whose rows are in an archive.
public struct ArchiveRequest: Sendable {
  /// The archive's directory, a path.
  public var directory: String
  public var target: ConnectionString
  public var options: WorkOptions
  public var identity: RunIdentity
  /// For what the queue keeps for people to read.
  public var words: any QueueWords

  public init(
    directory: String, target: ConnectionString, options: WorkOptions = WorkOptions(),
    identity: RunIdentity = RunIdentity(), words: any QueueWords
  ) {
    self.directory = directory
    self.target = target
    self.options = options
    self.identity = identity
    self.words = words
  }
}
