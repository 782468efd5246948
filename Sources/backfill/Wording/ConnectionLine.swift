import BackfillCommands
import Postgres

/// The lines at a run's beginning that say from where to where it works.
enum ConnectionLine {
  static func line(_ database: ConnectedDatabase) -> String {
    let facts = [
      database.address, "database \(database.database)", "user \(database.user)",
      "PostgreSQL \(database.postgresVersion)",
      database.timescaleVersion.map { "TimescaleDB \($0)" } ?? "no TimescaleDB",
    ]
    return SafeText.line("\(database.side.rawValue): \(facts.joined(separator: ", "))")
  }
}
