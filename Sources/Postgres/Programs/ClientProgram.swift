/// PostgreSQL's client programs that this program runs.
public enum ClientProgram: String, Sendable, CaseIterable {
  case pgDump = "pg_dump"
  case pgDumpAll = "pg_dumpall"
  case pgRestore = "pg_restore"

  /// What the file is called.
  public var name: String { rawValue }
}

/// A program that was found, with the version that it says it has.
public struct FoundProgram: Sendable, Equatable {
  public var program: ClientProgram
  public var path: String
  /// PostgreSQL's major version, such as 18.
  public var major: Int
  /// As the program tells it: "18.1 (Debian 18.1-1)".
  public var version: String

  public init(program: ClientProgram, path: String, major: Int, version: String) {
    self.program = program
    self.path = path
    self.major = major
    self.version = version
  }

  /// - Parameter answer: to `--version`, such as "pg_dump (PostgreSQL) 18.1 (Debian 18.1-1)".
  /// - Returns: nil where it isn't like that.
  public init?(_ program: ClientProgram, path: String, answer: String) {
    guard let line = answer.split(whereSeparator: \.isNewline).first,
      let mark = line.utf8.firstPlace(of: "(PostgreSQL) ".utf8)
    else { return nil }
    let version = line[mark.upperBound...]
    guard let major = Int(version.prefix { $0.isASCII && $0.isNumber }) else { return nil }
    self.init(program: program, path: path, major: major, version: String(version))
  }
}
