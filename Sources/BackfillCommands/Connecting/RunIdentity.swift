import ChunkCatalog

/// Who runs a command, for the run history. The executable fills it in, as nothing below it looks at its surroundings.
public struct RunIdentity: Sendable {
  /// This program's version.
  public var version: String
  /// The options given, without connection strings, as a shell reads them.
  public var options: String
  public var host: String
  public var process: Int32

  public init(version: String = "unknown", options: String = "", host: String = "", process: Int32 = 0) {
    self.version = version
    self.options = options
    self.host = host
    self.process = process
  }

  /// - Parameter name: what tasks call the run.
  func record(
    of command: String, between databases: borrowing Databases, name: String? = nil
  ) -> RunRecord {
    record(
      of: command, from: ConnectedDatabase(databases.source, databases.sourceInstallation).recorded,
      to: ConnectedDatabase(databases.target, databases.targetInstallation).recorded, name: name)
  }

  /// The same where the two databases are known only by what is told of them.
  func record(
    of command: String, from source: RecordedDatabase, to target: RecordedDatabase, name: String? = nil
  ) -> RunRecord {
    RunRecord(
      command: command, version: version, options: options, host: host, process: process, name: name,
      databases: (source: source, target: target))
  }
}
