import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

extension ExportResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stopped", .flag(stopped)),
      JSON.Member(
        "files",
        .object([
          "written": .integer(written), "kept": .integer(kept), "failed": .integer(failures.count),
          "left": .integer(left), "batches": .integer(batches),
        ])),
      JSON.Member("rows", .integer(rows)),
      JSON.Member("bytes", .integer(bytes)),
      JSON.Member("copy_bytes", .integer(copiedBytes)),
      JSON.Member("bytes_per_second", .rate(copiedBytes, in: duration)),
      JSON.Member("failures", .array(failures.map(\.json))),
    ]
  }
}

extension ImportResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)),
      JSON.Member("stopped", .flag(stopped)),
      JSON.Member(
        "files",
        .members(
          [
            JSON.Member("all", .integer(files)), JSON.Member("done", .integer(done)),
            JSON.Member("failed", .integer(failures.count)),
          ] + rest.counts(givenUp: failures.count) + [JSON.Member("again", .integer(again.chunks))])),
      JSON.Member("rows", .integer(rows)),
      JSON.Member("bytes", .integer(bytes)),
      JSON.Member("bytes_per_second", .rate(bytes, in: duration)),
      JSON.Member("failures", .array(failures.map(\.json))),
      JSON.Member("locked", .array(rest.held.map(\.json))),
      JSON.Member("not_repeated", .names(again.held)),
    ]
  }
}
