import BackfillCommands
import Postgres

extension Request {
  /// - Parameter environment: all of it. What client programs find is the same, without this program's own variables.
  func schemaOptions(_ environment: [String: String]) -> SchemaOptions {
    let path = environment["PATH"] ?? "/usr/bin:/bin"
    let theirs = environment.filter { name, _ in !name.hasPrefix("BACKFILL_") }
    var options = SchemaOptions(
      programs: ProgramSearch(directory: values[.pgBin], path: path), environment: theirs)
    options.isManaged = flags.contains(.managed)
    options.skipsRoles = flags.contains(.noRoles)
    options.skipsRows = flags.contains(.noTables)
    options.rebuilds = flags.contains(.rebuild)
    options.addsMissing = flags.contains(.missingOnly)
    options.skipsGrants = flags.contains(.noGrants)
    options.onlyRows = flags.contains(.tablesOnly)
    options.selection = Selection(filter: values[.filter], exclude: values[.exclude])
    options.allowsShrinking = flags.contains(.allowShrinking)
    options.prints = flags.contains(.print)
    return options
  }
}
