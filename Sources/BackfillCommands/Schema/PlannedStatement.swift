import Postgres
import TimescaleDB

/// A statement of the source's dump that the target is to run.
struct PlannedStatement: Sendable {
  var statement: ScriptStatement
  /// What it is for, where a managed target may refuse it and nothing depends on it; nil where all does.
  var refusable: RefusedStatement?
}
