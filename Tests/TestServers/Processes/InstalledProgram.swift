import Foundation

/// A program of the machine's that a test may use if it is there.
public enum InstalledProgram {
  /// Its path; nil where none of the names is found in PATH.
  public static func path(_ names: String...) -> String? {
    let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
    return names.lazy.flatMap { name in directories.map { "\($0)/\(name)" } }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Runs one to its end, in a directory.
  ///
  /// - Returns: how it ended, and what it wrote to standard output and standard error.
  /// - Throws: `HarnessError` where it isn't there, or doesn't end.
  public static func run(
    _ arguments: [String], in directory: ScratchDirectory, environment: [String: String] = [:]
  ) async throws -> (ending: ProcessEnding, output: String) {
    guard let name = arguments.first, let path = path(name) else {
      throw HarnessError("not installed: \(arguments)")
    }
    let minimal = ["PATH": "/usr/bin:/bin", "HOME": directory.path, "LC_ALL": "C.UTF-8", "TERM": "xterm"]
    let output = try ScratchFile()
    let ending = try await Gate.programs.pass {
      let child = try ChildProcess.start(
        ["env", "--chdir=\(directory.path)", path] + arguments.dropFirst(),
        environment: minimal.merging(environment) { $1 }, output: .writing(output.path),
        errors: .writing(output.path))
      return try await child.ending(within: .seconds(120), doing: name)
    }
    return (ending, output.text)
  }
}
