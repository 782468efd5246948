/// A program with everything it is started with.
public struct ProgramCall: Sendable {
  /// What it is called in messages: "pg_dump".
  public var name: String
  public var path: String
  /// Without the program's own name. Every user of the machine can read them: never a secret.
  public var arguments: [String]
  /// All that the program finds in its environment.
  public var environment: [String: String]

  public init(name: String, path: String, arguments: [String], environment: [String: String]) {
    self.name = name
    self.path = path
    self.arguments = arguments
    self.environment = environment
  }
}

extension ProgramCall: CustomReflectable {
  /// The environment has secrets.
  public var customMirror: Mirror { Mirror(self, children: ["path": path], displayStyle: .struct) }
}

/// A line that a program wrote to standard error.
public struct ProgramLine: Sendable, Equatable {
  public var program: String
  public var text: String

  public init(program: String, text: String) {
    self.program = program
    self.text = text
  }
}

/// Why a program did not do its work.
public enum ProgramFailure: Error, Sendable, Equatable {
  /// - Parameter reason: as the system tells it.
  case notStarted(program: String, path: String, reason: String)
  /// - Parameter lines: the last ones on its standard error.
  case exited(program: String, code: Int32, lines: [String])
  case killed(program: String, signal: Int32, lines: [String])
  /// The run was stopped, and the program with it.
  case stopped(program: String)
}
