public import ChunkCatalog

/// What `copy` and `verify` are given.
public struct WorkRequest: Sendable {
  public var endpoints: Endpoints
  public var options: WorkOptions
  public var identity: RunIdentity
  /// For what the queue keeps for people to read.
  public var words: any QueueWords

  public init(
    endpoints: Endpoints, options: WorkOptions = WorkOptions(), identity: RunIdentity = RunIdentity(),
    words: any QueueWords
  ) {
    self.endpoints = endpoints
    self.options = options
    self.identity = identity
    self.words = words
  }
}
