import ChunkCatalog
import Postgres

extension CopyRemark {
  var text: String {
    switch self {
    case .chunkIsGone: "the chunk is gone from the source"
    case .throughHypertable: "through the hypertable, as the target has no chunk with the same slices"
    case .asText(.binaryIsRefused): "as text, as the target refused a value in binary form"
    case .asText(.columns(let columns)):
      "as text, for column \(columns.map(\.description).joined(separator: ", "))"
    case .storedUncompressed: "stored uncompressed, as the target's hypertable has no compression"
    case .compressedAnew(let obstacle): "compressed anew on the target, as \(obstacle.text)"
    case .part(let number, let count): "part \(number) of \(count)"
    }
  }
}

extension BatchObstacle {
  /// Stands behind "as".
  var text: String {
    switch self {
    case .archivedRows: "the archive has its rows"
    case .aggregateWasRefreshed: "a continuous aggregate on it has been refreshed on the target"
    case .binaryIsRefused: "the target refused a value in binary form"
    case .missingValues: "a column was added with a default after the chunk was compressed"
    case .bloomFilters: "bloom filters of the source would mislead the target"
    case .columnTypes: "batches cannot carry a column's type between databases"
    case .order(let column): "the databases sort \(column) in different ways"
    case .constraints: "the target has constraints that the source does not have"
    case .settings: "the hypertables' compression settings differ"
    case .versions: "they are of another version of TimescaleDB, or of a newer PostgreSQL"
    case .slices: "the target has no chunk with the same slices"
    case .noCompression: "the target's hypertable has no compression"
    }
  }
}
