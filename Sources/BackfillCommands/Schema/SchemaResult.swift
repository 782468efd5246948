public import Postgres

/// What `schema` did.
public struct SchemaResult: Sendable {
  public struct Step: Sendable {
    public var step: SchemaStep
    public var duration: Duration

    public init(step: SchemaStep, duration: Duration) {
      self.step = step
      self.duration = duration
    }
  }

  public struct Table: Sendable {
    public var name: QualifiedName
    public var rows: Int64
    /// Changed row by row, as something else refers to it.
    public var isMerged: Bool

    public init(name: QualifiedName, rows: Int64, isMerged: Bool) {
      self.name = name
      self.rows = rows
      self.isMerged = isMerged
    }
  }

  public var steps: [Step] = []
  public var createdRoles: [Identifier] = []
  /// Roles that the target had, and that keep password and attributes.
  public var keptRoles: [Identifier] = []
  /// Roles that may log in and have no password yet.
  public var rolesWithoutPassword: [Identifier] = []
  public var isDatabaseCreated = false
  /// What was restored.
  public var hypertables: Int64 = 0
  public var objects = 0
  /// Jobs that were turned off.
  public var jobsOff = 0
  /// Tables whose rows were replaced, in order.
  public var tables: [Table] = []
  /// Sequences that were advanced.
  public var sequences = 0
  /// What was asked for instead of being done: a script for bash.
  public var script: SchemaScript?
  /// Jobs of the source that may drop chunks before they are copied.
  public var retention: [ScheduledJob] = []
  /// Statements that take back what was granted for the time of the migration.
  public var revoking: [SQL] = []
  public var duration: Duration = .zero

  public init() {}
}
