import Foundation

/// A directory with PostgreSQL's client programs, for `--pg-bin`. Those of a Debian root run in it.
public final class ClientDirectory: Sendable {
  /// What a program does beside, or instead of, what it is there for: a piece of a shell script.
  public enum Manner: Sendable {
    /// Runs before the program, which `"$@"` are the arguments of.
    case before(String)
    /// Instead of it; `"$program"` is the words that start it.
    case instead(String)
  }

  public let path: String
  private let scratch: ScratchDirectory

  /// - Parameter manners: by the program's name.
  public init(of server: TestServer, _ manners: [String: Manner] = [:]) throws {
    scratch = try ScratchDirectory()
    path = scratch.path
    for name in ["psql", "pg_dump", "pg_dumpall", "pg_restore"] {
      let installation = server.installation
      let place = "\(installation.binDirectory)/\(name)"
      let words = installation.root.map { "/usr/sbin/chroot \($0) \(place)" } ?? place
      let body =
        switch manners[name] {
        case nil: "exec $program \"$@\""
        case .before(let script): "\(script)\nexec $program \"$@\""
        case .instead(let script): script
        }
      try scratch.write("#!/bin/sh\nprogram='\(words)'\n\(body)\n", to: "\(name).text")
    }
    try Self.makeRunnable(in: scratch)
  }

  /// By another process: children of this one that are about to be started would have the files open for writing, and
  /// such a file can't be run ("Text file busy").
  private static func makeRunnable(in scratch: ScratchDirectory) throws {
    let script =
      "cd \"$1\" && for f in *.text; do cp \"$f\" \"${f%.text}\" && chmod 700 \"${f%.text}\" || exit; done"
    let child = try ChildProcess.start(["/bin/sh", "-c", script, "sh", scratch.path])
    guard child.waitForEnding() == .exited(0) else {
      throw HarnessError("the client programs of \(scratch.path) could not be made")
    }
  }
}
