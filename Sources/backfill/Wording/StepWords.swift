import BackfillCommands
import Postgres

extension StepProgress {
  /// `2/6 Creating the database "metrics"`, and afterwards `2/6 Done in 0.11s`.
  var line: String { "\(number)/\(count) " + (duration.map { "Done in \(Quantity.time($0))" } ?? step.title) }
}

extension SchemaStep {
  var title: String {
    switch self {
    case .roles(let created, let kept, let memberships):
      "Creating \(Quantity.count(created, "role")) and \(Quantity.count(memberships, "membership")) "
        + "(\(kept) kept as they are)"
    case .database(let name, let isCreated):
      isCreated ? "Creating the database \(name.shown)" : "Setting up the database \(name.shown)"
    case .timescaleExtension(let version): "Creating the extension timescaledb \(SafeText.line(version))"
    case .restoreMode: "Preparing the database for a restore (timescaledb_pre_restore)"
    case .restore(let hasRows, let isAtomic):
      "Restoring the schema\(hasRows ? " and the rows of ordinary tables" : "") (pg_dump, pg_restore)"
        + (isAtomic ? " in one transaction" : "")
    case .definitions: "Reading the source's definitions (pg_dump)"
    case .tables(let hasRows):
      "Creating schemas, types, functions and tables" + (hasRows ? ", with the rows of ordinary tables" : "")
    case .hypertables: "Creating indexes and constraints, and making hypertables"
    case .aggregates: "Creating continuous aggregates, and what depends on them"
    case .jobs: "Creating jobs, turned off, and committing all of this"
    case .table(let name, let isMerged):
      isMerged ? "Updating the rows of \(name.shown)" : "Replacing the rows of \(name.shown)"
    case .finish: "Ending the restore (timescaledb_post_restore) and turning all jobs off"
    }
  }
}
