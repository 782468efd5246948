import Postgres
import Waiting

/// PostgreSQL's client programs, found and of a version that will do.
struct ClientPrograms: Sendable {
  private let found: [ClientProgram: FoundProgram]
  private let environment: [String: String]

  /// Looks for them, and asks each for its version.
  ///
  /// - Throws: `CommandFailure`.
  static func find(
    _ search: ProgramSearch, environment: [String: String], interrupt: Interrupt
  ) throws(CommandFailure) -> ClientPrograms {
    let run = ProgramRun(interrupt: interrupt) { _ in }
    var found: [ClientProgram: FoundProgram] = [:]
    for program in ClientProgram.allCases {
      guard let path = search.find(program) else {
        throw .failed(
          .program(.missing(program, directory: search.directory, elsewhere: search.elsewhere)))
      }
      let call = ProgramCall(
        name: program.name, path: path, arguments: ["--version"], environment: environment)
      let answer = try CommandFailure.running { () throws(ProgramFailure) in try run.output(of: call) }
      guard let known = FoundProgram(program, path: path, answer: String(decoding: answer, as: UTF8.self))
      else { throw .failed(.program(.unknownVersion(program, path: path))) }
      found[program] = known
    }
    return ClientPrograms(found: found, environment: environment)
  }

  init(found: [ClientProgram: FoundProgram], environment: [String: String]) {
    self.found = found
    self.environment = environment
  }

  /// What is wrong with them for these servers; nil where nothing is.
  ///
  /// - Parameters:
  ///   - source: its major version.
  ///   - target: its major version.
  func obstacle(source: Int, target: Int, elsewhere: [String]) -> ProgramFinding? {
    for program in ClientProgram.allCases {
      guard let known = found[program], known.major < source else { continue }
      return .tooOld(known, source: source, elsewhere: elsewhere)
    }
    guard let restore = found[.pgRestore], let dump = found[.pgDump] else { return nil }
    if restore.major < dump.major { return .olderThanDump(restore, dump: dump) }
    // It sets transaction_timeout, which came with 17.
    if restore.major >= 17, target < 17 { return .tooNew(restore, target: target, elsewhere: elsewhere) }
    return nil
  }

  func call(
    _ program: ClientProgram, _ arguments: [String], on client: ClientAccess
  ) -> ProgramCall {
    ProgramCall(
      name: program.name, path: found[program]?.path ?? program.name,
      arguments: arguments + ["--no-password", "--dbname=\(client.connectionString)"],
      environment: environment.merging(client.environment) { $1 })
  }

  /// A call that connects to nothing.
  func call(_ program: ClientProgram, _ arguments: [String]) -> ProgramCall {
    ProgramCall(
      name: program.name, path: found[program]?.path ?? program.name, arguments: arguments,
      environment: environment)
  }
}

extension CommandFailure {
  /// Runs programs, with a failure of theirs turned into a command's.
  static func running<Value>(
    _ body: () throws(ProgramFailure) -> Value
  ) throws(CommandFailure) -> Value {
    do throws(ProgramFailure) {
      return try body()
    } catch .stopped {
      throw .stopped(.working)
    } catch {
      throw .failed(.program(.failed(error)))
    }
  }
}
