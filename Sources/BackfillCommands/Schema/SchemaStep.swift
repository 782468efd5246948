public import Postgres

/// A step of `schema`, told before it is done.
public enum SchemaStep: Sendable, Equatable {
  /// - Parameters:
  ///   - created: roles that the target lacks.
  ///   - kept: that it has.
  ///   - memberships: that it lacks.
  case roles(created: Int, kept: Int, memberships: Int)
  /// - Parameter isCreated: false where the database is there, and only gets settings and privileges.
  case database(Identifier, isCreated: Bool)
  case timescaleExtension(version: String)
  case restoreMode
  /// - Parameters:
  ///   - hasRows: those of ordinary tables.
  ///   - isAtomic: in one transaction.
  case restore(hasRows: Bool, isAtomic: Bool)
  /// The restore ends, jobs are turned off, and the roles that migrate get their privileges.
  case finish
  /// What the source has is read, where the target gets it from definitions; so it does in the steps that follow.
  case definitions
  /// - Parameter hasRows: those of ordinary tables come with them.
  case tables(hasRows: Bool)
  /// Tables get indexes and constraints, and become hypertables.
  case hypertables
  /// Continuous aggregates, and what depends on them.
  case aggregates
  /// They are made, turned off, and recorded; everything is committed.
  case jobs
  /// The rows of an ordinary table are replaced.
  case table(QualifiedName, isMerged: Bool)

  /// For programs. A name never changes its meaning.
  public var name: String {
    switch self {
    case .roles: "roles"
    case .database: "database"
    case .timescaleExtension: "extension"
    case .restoreMode: "restore-mode"
    case .restore: "restore"
    case .finish: "finish"
    case .definitions: "definitions"
    case .tables: "tables"
    case .hypertables: "hypertables"
    case .aggregates: "aggregates"
    case .jobs: "jobs"
    case .table: "table"
    }
  }
}

/// How far a command is that goes step by step.
public struct StepProgress: Sendable {
  public var step: SchemaStep
  /// Counted from 1.
  public var number: Int
  public var count: Int
  /// How long it took; nil when it begins.
  public var duration: Duration?

  public init(step: SchemaStep, number: Int, count: Int, duration: Duration? = nil) {
    self.step = step
    self.number = number
    self.count = count
    self.duration = duration
  }
}

extension Reporter {
  /// Tells a step's beginning and its end.
  ///
  /// - Returns: how long it took.
  @discardableResult
  func telling<Failure>(
    _ step: StepProgress, _ body: () throws(Failure) -> Void
  ) throws(Failure) -> Duration {
    let began = begin(step)
    try body()
    return end(step, since: began)
  }

  /// Tells a step's beginning.
  ///
  /// - Returns: when that was, for its end.
  func begin(_ step: StepProgress) -> ContinuousClock.Instant {
    report(.step(step))
    return .now
  }

  /// Tells a step's end.
  ///
  /// - Returns: how long it took.
  @discardableResult
  func end(_ step: StepProgress, since began: ContinuousClock.Instant) -> Duration {
    var ended = step
    let duration = ContinuousClock.now - began
    ended.duration = duration
    report(.step(ended))
    return duration
  }
}
