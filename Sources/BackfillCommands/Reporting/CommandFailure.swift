import Postgres

/// Why a command could not do its work. The exit code follows from the case.
public enum CommandFailure: Error, Sendable {
  /// An argument's value makes no sense, found before anything was attempted: exit code 2.
  case usage(Finding)
  /// The run can't go on: exit code 1.
  case failed(Finding)
  /// The same for several reasons, each of which is enough.
  case refused([Finding])
  /// The run was stopped before its work was done: exit code 130.
  case stopped(StopPoint)
}

/// Where a command was when it was stopped.
public enum StopPoint: String, Sendable {
  /// Somewhere on the way.
  case working = "stopped"
  /// While chunks were made: those that are there stay, empty.
  case beforeStaging = "stopped-before-staging"
  /// While chunks got back what they go without: the queue stays.
  case beforeCleaning = "stopped-before-cleaning"
}

extension CommandFailure {
  /// What a server or the lack of one means for a command.
  init(_ error: PostgresError) {
    self = error.kind == .cancelled ? .stopped(.working) : .failed(.server(error))
  }

  /// Runs the part of a command that talks to servers, with every error turned into a command's.
  static func converting<Value>(_ body: () throws -> Value) throws(CommandFailure) -> Value {
    do {
      return try body()
    } catch let error as CommandFailure {
      throw error
    } catch let error as PostgresError {
      throw CommandFailure(error)
    } catch {
      throw .failed(.unexpected("\(error)"))
    }
  }
}
