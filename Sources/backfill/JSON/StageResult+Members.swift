import BackfillCommands
import JSONValues
import Postgres

extension StageResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("dry_run", .flag(isDryRun)),
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member(
        "tasks",
        .object([
          "staged": .integer(staged), "staged_already": .integer(alreadyStaged), "parts": .integer(parts),
        ])),
      JSON.Member(
        "chunks",
        .object([
          "staged": .integer(stagedChunks), "split": .integer(splitChunks), "replaced": .integer(replaced),
          "created": .integer(createdChunks),
        ])),
      JSON.Member("hypertables_staged", .integer(hypertables)),
      JSON.Member("plan", .array(relations.map(\.json))),
    ]
  }
}

extension StagedRelation {
  fileprivate var json: JSON {
    .object([
      "hypertable": .name(name), "kind": .text(kind.rawValue), "chunks": .integer(chunks),
      "compressed_chunks": .integer(compressedChunks), "cut_chunks": .integer(cut),
      "split_chunks": .integer(splitChunks), "parts": .integer(parts), "bytes": .integer(bytes),
      "rows": .integer(rows), "remarks": .array(remarks.map(\.json)),
    ])
  }
}

extension StagedRelation.Remark {
  fileprivate var json: JSON {
    let (code, chunks, columns) = facts
    return .object([
      "code": .text(code), "chunks": .integer(chunks), "columns": .names(columns), "message": .text(text),
    ])
  }

  private var facts: (code: String, chunks: Int, columns: [Identifier]) {
    switch self {
    case .alreadyStaged(let chunks): ("staged-already", chunks, [])
    case .outsideWindow(let chunks): ("outside-window", chunks, [])
    case .tiered(let chunks): ("tiered", chunks, [])
    case .throughHypertable(let chunks): ("through-hypertable", chunks, [])
    case .asText(let chunks, let columns): ("as-text", chunks, columns)
    case .decompressed(let chunks): ("decompressed", chunks, [])
    case .compressedAnew(let chunks, let columns): ("compressed-anew", chunks, columns)
    case .storedUncompressed(let chunks): ("stored-uncompressed", chunks, [])
    }
  }
}
