public import Postgres

/// What `schema` is to do, and with what.
public struct SchemaOptions: Sendable {
  /// The target's role is no superuser: what only a superuser may do is left out.
  public var isManaged = false
  public var skipsRoles = false
  /// Hypertables and aggregates are made from definitions, even where the catalog could be restored.
  public var rebuilds = false
  /// What the target has is left as it is, and all else is made, from definitions.
  public var addsMissing = false
  /// Rows of ordinary tables stay behind.
  public var skipsRows = false
  /// The role that runs this migrates, too: hypertables' owners are granted nothing, and don't get the record of jobs.
  public var skipsGrants = false
  /// Nothing but the rows of ordinary tables, again.
  public var onlyRows = false
  /// Which of these tables, by `schema.table`.
  public var selection = Selection()
  /// Also replaces the rows of tables that have far fewer on the source.
  public var allowsShrinking = false
  /// A script is written instead of anything being done.
  public var prints = false
  /// Where PostgreSQL's client programs are looked for.
  public var programs: ProgramSearch
  /// All variables that client programs are to find, as this program did.
  public var environment: [String: String]

  public init(programs: ProgramSearch, environment: [String: String] = [:]) {
    self.programs = programs
    self.environment = environment
  }
}
