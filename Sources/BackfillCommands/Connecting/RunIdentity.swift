import ChunkCatalog

/// Who runs a command, for the run history. The executable fills it in, as nothing below it looks at its surroundings.
public struct RunIdentity: Sendable {
  /// This program's version.
  public var version: String
  /// The options given, without connection strings.
  public var options: String
  public var host: String
  public var process: Int32

  public init(version: String = "unknown", options: String = "", host: String = "", process: Int32 = 0) {
    self.version = version
    self.options = options
    self.host = host
    self.process = process
  }

  func record(of command: String) -> RunRecord {
    RunRecord(command: command, version: version, options: options, host: host, process: process)
  }
}
