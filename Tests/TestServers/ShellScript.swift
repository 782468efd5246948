import Foundation

/// Commands for bash, run as a person would paste them, with a server's own psql and pg_dump, and the built program.
public struct ShellScript: Sendable {
  public let text: String

  public init(_ text: String) { self.text = text }

  public struct Outcome: Sendable, CustomStringConvertible {
    public let ending: ProcessEnding
    /// Standard output and standard error, and each command before what it wrote.
    public let output: String

    public var description: String { "\(ending)\n\(output)" }
  }

  /// Runs it by `bash -e` in a directory to its end.
  ///
  /// - Parameter environment: added to a minimal environment without libpq's variables.
  public func run(
    in directory: ScratchDirectory, with server: TestServer, environment: [String: String],
    limit: Duration = .seconds(300)
  ) async throws -> Outcome {
    let path = directory.path + "/script"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    let program = (BackfillProcess.built as NSString).deletingLastPathComponent
    let minimal = [
      "PATH": "\(server.installation.binDirectory):\(program):/usr/bin:/bin", "HOME": directory.path,
      "LC_ALL": "C.UTF-8",
    ]
    let output = try ScratchFile()
    let ending = try await Gate.programs.pass {
      let child = try ChildProcess.start(
        ["env", "--chdir=\(directory.path)", "bash", "-e", "-x", path],
        environment: minimal.merging(environment) { $1 }, output: .writing(output.path),
        errors: .writing(output.path))
      return try await child.ending(within: limit, doing: "bash")
    }
    return Outcome(ending: ending, output: output.text)
  }
}

/// A directory under /tmp that is removed, with what is in it, when its last user lets go of it.
public final class ScratchDirectory: Sendable {
  public let path: String

  public init() throws {
    var template = Array("/tmp/backfill-test-directory-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw HarnessError("cannot create a directory: \(String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file that only its owner may read.
  public func write(_ text: String, to name: String) throws {
    try text.write(toFile: "\(path)/\(name)", atomically: false, encoding: .utf8)
    chmod("\(path)/\(name)", 0o600)
  }

  public func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: false)
  }

  public func text(of name: String) throws -> String {
    try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
  }
}
