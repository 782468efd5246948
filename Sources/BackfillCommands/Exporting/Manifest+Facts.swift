import Archive
import ChunkCatalog
import Postgres
import TimescaleDB

extension Manifest.Source {
  init(_ database: ConnectedDatabase, _ installation: Installation, _ fingerprint: Fingerprint) {
    self.init(
      address: database.address, database: database.database, user: database.user,
      postgresVersion: database.postgresVersion,
      timescaleVersion: installation.capabilities.version.description, encoding: installation.encoding,
      schema: installation.schema.name, fingerprint: fingerprint)
  }

  /// As the run history has it.
  var recorded: RecordedDatabase {
    RecordedDatabase(
      address: address, database: database, user: user, postgresVersion: postgresVersion,
      timescaleVersion: timescaleVersion)
  }
}

extension Manifest.Request {
  /// As one would give it, but for quotes.
  var options: String {
    var words = until.map { "--until \($0)" }
    if let from { words.append("--from \(from)") }
    if let filter { words.append("--filter \(filter)") }
    if let exclude { words.append("--exclude \(exclude)") }
    if cascadeUp { words.append("--cascade-up") }
    if cascadeDown { words.append("--cascade-down") }
    if asRows { words.append("--rows") }
    return words.joined(separator: " ")
  }
}
