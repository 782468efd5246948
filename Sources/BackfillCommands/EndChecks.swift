import ChunkCatalog
import CopyEngine
import Postgres
import TimescaleDB

/// Something that a run's end found to be left out, with what to do about it.
public struct Omission: Sendable, Equatable {
  public var text: String
  public var advice: String
}

/// What is looked at when a run ends, beyond the tasks of the queue: whether they are all there is to do.
enum EndChecks {
  /// After copying: source chunks without a task, and sequences that fell behind, which are only warned of.
  ///
  /// - Throws: `CommandFailure`.
  static func ofCopy(
    _ setting: RunSetting, isComplete: Bool, reporter: any Reporter
  ) async throws(CommandFailure) -> [Omission] {
    try await run(setting, purpose: "copy") { source, target in
      let hypertables = try StagedHypertable.all(setting, source: source, target: target)
      if isComplete {
        for warning in try SequenceCheck(hypertables).warnings(source: source, target: target) {
          reporter.report(.warning(warning))
        }
      }
      return try hypertables.compactMap { try $0.unstaged(on: target) }
    } ?? []
  }

  /// After comparing: source chunks without a task, and rows of the target where the source has no chunk.
  ///
  /// - Throws: `CommandFailure`.
  static func ofVerify(
    _ setting: RunSetting
  ) async throws(CommandFailure) -> (unstaged: [Omission], strays: [Omission]) {
    try await run(setting, purpose: "verify") { source, target in
      let hypertables = try StagedHypertable.all(setting, source: source, target: target)
      return (
        try hypertables.compactMap { try $0.unstaged(on: target) },
        try hypertables.compactMap { try StrayRows.find($0, on: target) }
      )
    } ?? ([], [])
  }

  /// - Returns: nil for a run that was stopped.
  private static func run<Value: Sendable>(
    _ setting: RunSetting, purpose: String,
    _ body: @escaping @Sendable (borrowing Connection, borrowing Connection) throws -> Value
  ) async throws(CommandFailure) -> Value? {
    let interrupt = setting.control.interrupt
    guard interrupt.stage == .running else { return nil }
    return try await DedicatedThread.run { () throws(CommandFailure) in
      try CommandFailure.converting {
        let source = try Connection.open(
          setting.source, side: .source, purpose: purpose, interrupt: interrupt)
        let target = try Connection.open(
          setting.target, side: .target, purpose: purpose, interrupt: interrupt)
        try setting.identify(source)
        try setting.identify(target)
        return try body(source, target)
      }
    }
  }
}
