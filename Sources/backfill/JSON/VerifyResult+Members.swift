import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

extension VerifyResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("thoroughness", .text(thoroughness.name)),
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stopped", .flag(stopped)),
      JSON.Member("tasks", .members(counts)),
      JSON.Member(
        "sample", .object(["chunks": .integer(sampled?.chunks), "all": .integer(sampled?.all)])),
      JSON.Member("rows", .integer(rows)),
      JSON.Member("failures", .array(failures.map(\.json))),
      JSON.Member("differences", .array(differences.map(\.difference))),
      JSON.Member("estimates", estimates?.json ?? .null),
      JSON.Member("locked", .array(rest.held.map(\.json))),
      JSON.Member("not_repeated", .names(again.held)),
      JSON.Member("unstaged", .array(unstaged.map(\.json))),
      JSON.Member("strays", .array(strays.map(\.json))),
    ]
  }

  private var counts: [JSON.Member] {
    [
      JSON.Member("verified", .integer(verified)), JSON.Member("counted", .integer(counted)),
      JSON.Member("differing", .integer(differing)), JSON.Member("failed", .integer(failures.count)),
    ] + rest.counts(givenUp: failures.count + differing)
      + [
        JSON.Member("done_before", .integer(doneBefore?.verified)),
        JSON.Member("uncopied", .integer(doneBefore?.uncopied)),
        JSON.Member("again", .integer(again.chunks)),
      ]
  }
}

extension Thoroughness {
  fileprivate var name: String {
    switch self {
    case .full: "full"
    case .sample: "sample"
    case .count: "count"
    case .estimate: "estimate"
    }
  }
}

extension FinishedChunk {
  /// Of a chunk that differs.
  fileprivate var difference: JSON {
    let found = remarks.lazy.compactMap(\.difference).first
    return .object([
      "task": task?.json ?? .null, "source_rows": .integer(found?.sourceRows),
      "target_rows": .integer(found?.targetRows), "columns": .names(found?.columns ?? []),
      "first": .text(found?.ends?.first), "last": .text(found?.ends?.last),
      "message": .text(remarks.map(\.text).joined(separator: "; ")),
    ])
  }
}

extension TaskRemark {
  fileprivate var difference: Difference? {
    if case .comparison(.differs(let difference)) = self { difference } else { nil }
  }
}

extension StrayRows {
  fileprivate var json: JSON {
    .object([
      "hypertable": .name(hypertable), "rows": .integer(rows), "first": first.json, "last": last.json,
      "deletions": .names(deletions), "chunks": .integer(chunks),
    ])
  }
}

extension Estimates {
  fileprivate var json: JSON {
    .object([
      "compared": .integer(compared), "noted": .integer(noted), "left_out": .integer(leftOut),
      "hypertables": .array(
        hypertables.map {
          .object([
            "hypertable": .name($0.name), "chunks": .integer($0.chunks), "source_rows": .number($0.source),
            "target_rows": .number($0.target),
          ])
        }),
      "apart": .array(apart.map(\.json)), "far_apart": .array(farApart.map(\.json)),
      "unknown": .array(unknown.map(Self.statistics)), "stale": .array(stale.map(Self.statistics)),
    ])
  }

  private static func statistics(_ place: (name: QualifiedName, sides: [Side])) -> JSON {
    .object(["chunk": .name(place.name), "sides": .names(place.sides.map(\.rawValue))])
  }
}

extension Estimates.Chunk {
  fileprivate var json: JSON {
    .object(["chunk": .name(name), "source_rows": .number(source), "target_rows": .number(target)])
  }
}
