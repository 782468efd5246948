/// What `export` did.
public struct ExportResult: Sendable {
  public var directory = ""
  /// Files of this run.
  public var written = 0
  /// Files that earlier runs, or other processes, have finished.
  public var kept = 0
  /// Files that are still to be written.
  public var left = 0
  /// Chunks of the archive whose compressed batches it has, and not their rows; of this run, earlier ones and other
  /// processes.
  public var batches = 0
  /// The source's, which alone takes such batches.
  public var timescaleVersion = ""
  public var rows: Int64 = 0
  /// Of the files, compressed.
  public var bytes: Int64 = 0
  /// Of COPY data.
  public var copiedBytes: Int64 = 0
  public var failures: [FailedChunk] = []
  public var stopped = false
  public var duration: Duration = .zero

  public init() {}
}
