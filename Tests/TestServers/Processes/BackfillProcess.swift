import Foundation

/// The built `timescaledb-backfill`, as a person or a script would run it.
public struct BackfillProcess: Sendable {
  /// The binary's path.
  public var binary: String
  /// What the process finds in its environment, and nothing else.
  public var environment: [String: String]

  /// - Parameters:
  ///   - environment: variables added to a minimal environment without libpq's.
  ///   - binary: by default the one named by BACKFILL_BINARY, else the one built beside the running tests.
  public init(environment: [String: String] = [:], binary: String = Self.built) {
    self.binary = binary
    self.environment = Self.minimal.merging(environment) { $1 }
  }

  /// The program with both connection strings in its environment.
  public init(source: String, target: String) {
    self.init(environment: ["BACKFILL_SOURCE": source, "BACKFILL_TARGET": target])
  }

  private static var minimal: [String: String] {
    ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TERM": "xterm"]
      .merging(profile) { $1 }
  }

  /// Where `scripts/test --coverage` wants each run to leave which lines it went through. The number of its process alone
  /// would come again within a run of the tests.
  private static var profile: [String: String] {
    ProcessInfo.processInfo.environment["BACKFILL_PROFILES"].map {
      ["LLVM_PROFILE_FILE": "\($0)/\(UUID())-%p.profraw"]
    } ?? [:]
  }

  /// The binary to test.
  public static var built: String {
    if let named = ProcessInfo.processInfo.environment["BACKFILL_BINARY"] { return named }
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let directory = (tests as NSString).deletingLastPathComponent
    return directory + "/timescaledb-backfill"
  }

  /// How a run ended and what it wrote.
  public struct Outcome: Sendable, CustomStringConvertible {
    public let ending: ProcessEnding
    /// On a terminal, what a person would have seen: standard error is in it.
    public let stdout: String
    public let stderr: String
    public let duration: Duration

    /// Nil when a signal ended the process.
    public var exitCode: Int32? {
      if case .exited(let code) = ending { code } else { nil }
    }

    public var description: String {
      "\(ending) after \(duration)\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)"
    }
  }

  /// Runs a command to its end, when its turn has come (`Gate`).
  ///
  /// - Throws: `HarnessError` when it does not end within `limit`; it is killed then.
  public func run(
    _ arguments: [String], terminal: Terminal? = nil, input: String? = nil, limit: Duration = .seconds(300)
  ) async throws -> Outcome {
    try await Gate.programs.pass {
      try await start(arguments, terminal: terminal, input: input).wait(limit: limit)
    }
  }

  /// Starts a command.
  ///
  /// - Parameters:
  ///   - terminal: run it on a terminal of its own rather than with its output going to files.
  ///   - input: a file to read from standard input.
  ///   - pipe: where standard output goes instead; the command's outcome then has nothing of it.
  public func start(
    _ arguments: [String], terminal: Terminal? = nil, pipe: UnreadPipe? = nil, input: String? = nil
  ) throws -> RunningBackfill {
    let screen = try terminal.map(TerminalScreen.init)
    let stdout = try screen?.transcript ?? ScratchFile()
    let stderr = try ScratchFile()
    let child: ChildProcess
    if let screen {
      defer { screen.show() }
      child = try ChildProcess.start(
        [binary] + arguments, environment: environment,
        input: .readingAndWriting(screen.path), output: .readingAndWriting(screen.path),
        errors: .readingAndWriting(screen.path), standing: .ownSession)
    } else {
      child = try ChildProcess.start(
        [binary] + arguments, environment: environment, input: input.map { .reading($0) } ?? .nothing,
        output: .writing(pipe?.path ?? stdout.path),
        errors: .writing(stderr.path))
    }
    return RunningBackfill(child: child, stdout: stdout, stderr: stderr, screen: screen)
  }
}
