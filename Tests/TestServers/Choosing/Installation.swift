import Foundation

/// One PostgreSQL bin directory, on this machine or inside a Debian root, and how to run what is in it.
struct Installation: Sendable, Hashable {
  /// The Debian root directory the programs are run in by chroot(8); nil for this machine itself.
  let root: String?
  /// The bin directory, as seen from inside `root`.
  let binDirectory: String

  /// Splits `/cache/trixie/usr/lib/postgresql/17/bin` into root and bin directory; the root is known by its
  /// etc/debian_version and bin.
  init(binDirectory path: String) {
    var parent = (path as NSString).deletingLastPathComponent
    while parent != "/" && !parent.isEmpty {
      if Self.isDebianRoot(parent) {
        root = parent
        binDirectory = String(path.dropFirst(parent.count))
        return
      }
      parent = (parent as NSString).deletingLastPathComponent
    }
    root = nil
    binDirectory = path
  }

  private static func isDebianRoot(_ path: String) -> Bool {
    let files = FileManager.default
    return files.fileExists(atPath: path + "/etc/debian_version")
      && files.fileExists(atPath: path + "/bin")
  }

  /// Where a path inside the installation's root is found from outside.
  func outside(_ path: String) -> String {
    (root ?? "") + path
  }

  /// The words that run `program` as a user PostgreSQL accepts: it refuses to run as root.
  ///
  /// chroot and setpriv replace themselves by the program, so its process id is the child's; runuser forks.
  func command(_ program: String, _ arguments: [String]) -> [String] {
    let path = program.contains("/") ? program : "\(binDirectory)/\(program)"
    if let root {
      return ["chroot", "--userspec=postgres:postgres", root, path] + arguments
    }
    guard geteuid() == 0 else { return [path] + arguments }
    // A user who may not enter the current directory makes PostgreSQL's programs complain.
    return [
      "env", "--chdir=/", "setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", path,
    ] + arguments
  }

  /// Makes the user that servers run as, where no PostgreSQL package has made it yet.
  func ensureServerUser() async throws {
    guard root == nil, geteuid() == 0, getpwnam("postgres") == nil else { return }
    let child = try ChildProcess.start([
      "useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin",
      "postgres",
    ])
    _ = try await child.ending(within: .seconds(30), doing: "useradd postgres")
    guard getpwnam("postgres") != nil else { throw HarnessError("cannot make the user postgres") }
  }

  /// Runs one of PostgreSQL's programs to its end.
  ///
  /// - Returns: what it wrote to standard output and standard error.
  /// - Throws: `HarnessError` with that output when it fails or outlives `limit`.
  @discardableResult
  func run(
    _ program: String, _ arguments: [String], output: ScratchFile? = nil,
    limit: Duration = .seconds(120)
  ) async throws -> String {
    let (ending, messages) = try await ending(of: program, arguments, output: output, limit: limit)
    guard ending == .exited(0) else {
      throw HarnessError("\(program) of \(binDirectory) failed (\(ending)):\n\(messages)")
    }
    return messages
  }

  /// Runs one of PostgreSQL's programs to its end, which may be a failure.
  ///
  /// - Returns: how it ended, and what it wrote: to standard error only, if `output` is given.
  func ending(
    of program: String, _ arguments: [String], input: ChildProcess.Stream = .nothing,
    output: ScratchFile? = nil, limit: Duration = .seconds(120)
  ) async throws -> (ProcessEnding, String) {
    let messages = try ScratchFile()
    let child = try ChildProcess.start(
      command(program, arguments), environment: Self.environment, input: input,
      output: .writing((output ?? messages).path), errors: .writing(messages.path))
    let ending = try await child.ending(within: limit, doing: program)
    return (ending, messages.text)
  }

  /// What PostgreSQL's programs inherit: neither the user's libpq variables nor their language.
  static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]
}
