import Glibc

/// Where client programs may be.
public struct ProgramSearch: Sendable {
  /// What a person named (`--pg-bin`); then nothing else is looked at.
  public var directory: String?
  /// The environment's PATH.
  public var path: String

  public init(directory: String?, path: String) {
    self.directory = directory
    self.path = path
  }

  /// The directories that are looked at, in order.
  var directories: [String] {
    directory.map { [$0] } ?? path.split(separator: ":").map(String.init)
  }

  /// - Returns: the path of the first file of that name that may be run; nil where there is none.
  public func find(_ program: ClientProgram) -> String? {
    directories.lazy.map { "\($0)/\(program.name)" }.first(where: Self.isRunnable)
  }

  /// Directories where PostgreSQL's packages (Debian's, the PGDG's for Red Hat, and builds by hand) put all of the
  /// programs, without those that were looked at: for telling a person where to find another version.
  public var elsewhere: [String] {
    let versions = (14...30).reversed().flatMap { ["/usr/lib/postgresql/\($0)/bin", "/usr/pgsql-\($0)/bin"] }
    return (versions + ["/usr/local/pgsql/bin"]).filter { directory in
      !directories.contains(directory)
        && ClientProgram.allCases.allSatisfy { Self.isRunnable("\(directory)/\($0.name)") }
    }
  }

  private static func isRunnable(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }
}
