import ChunkCatalog
import JSONValues
import Postgres

extension TaskRemark {
  var json: JSON {
    .object([
      "code": .text(code), "reason": .text(reason), "columns": .names(columns), "message": .text(text),
    ])
  }

  /// The same as of a remark about what is staged, where that can be foreseen.
  private var code: String {
    switch self {
    case .copying(let remark): remark.code
    case .comparison(.chunkIsGone): "chunk-gone"
    case .comparison(.equalRows), .comparison(.equalTuples): "equal"
    case .comparison(.equalCounts): "equal-counts"
    case .comparison(.differs): "differs"
    }
  }

  private var reason: String? {
    switch self {
    case .copying(.asText(.binaryIsRefused)): "binary-refused"
    case .copying(.asText(.columns)): "column-types"
    case .copying(.compressedAnew(let obstacle)): obstacle.code
    case .copying, .comparison: nil
    }
  }

  private var columns: [Identifier] {
    switch self {
    case .copying(.asText(.columns(let columns))): columns
    case .copying(.compressedAnew(.order(let column))): [column]
    case .comparison(.differs(let difference)): difference.columns
    case .copying, .comparison: []
    }
  }
}

extension CopyRemark {
  fileprivate var code: String {
    switch self {
    case .chunkIsGone: "chunk-gone"
    case .throughHypertable: "through-hypertable"
    case .asText: "as-text"
    case .storedUncompressed: "stored-uncompressed"
    case .compressedAnew: "compressed-anew"
    case .part: "part"
    }
  }
}

extension BatchObstacle {
  fileprivate var code: String {
    switch self {
    case .archivedRows: "archived-rows"
    case .aggregateWasRefreshed: "aggregate-refreshed"
    case .binaryIsRefused: "binary-refused"
    case .missingValues: "missing-values"
    case .bloomFilters: "bloom-filters"
    case .columnTypes: "column-types"
    case .order: "order"
    case .constraints: "constraints"
    case .settings: "settings"
    case .versions: "versions"
    case .slices: "slices"
    case .noCompression: "no-compression"
    }
  }
}
