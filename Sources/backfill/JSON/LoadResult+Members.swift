import BackfillCommands
import ChunkCatalog
import JSONValues
import Postgres

extension LoadResult {
  /// Its members of the document, as `help json` describes them.
  var members: [JSON.Member] {
    [
      JSON.Member("run_seconds", .seconds(duration)), JSON.Member("stopped", .flag(stopped)),
      JSON.Member("table", .name(table)), JSON.Member("files", .integer(files)),
      JSON.Member("rows", .integer(outcome.rows)), JSON.Member("left_out", .integer(outcome.leftOut)),
      JSON.Member("rejected", .integer(outcome.rejected)),
      JSON.Member("passed_over", .integer(outcome.passedOver)), JSON.Member("bytes", .integer(bytes)),
      JSON.Member("batches", .integer(batches)), JSON.Member("replaced", .integer(replaced)),
      JSON.Member(
        "before",
        .object([
          "rows": .integer(before.rows), "left_out": .integer(before.leftOut),
          "rejected": .integer(before.rejected), "passed_over": .integer(before.passedOver),
        ])),
      JSON.Member("rejects_file", .text(rejects?.path)),
    ]
  }
}

extension LoadProgress {
  var members: [JSON.Member] {
    [
      JSON.Member("seconds", .seconds(duration)), JSON.Member("rows", .integer(rows)),
      JSON.Member("bytes", .integer(bytes)), JSON.Member("bytes_all", .integer(allBytes)),
    ]
  }

  /// `Loaded 1,234 rows, 5.0 MB of 20 MB, 1.2 MB/s`
  var line: String {
    let all = allBytes.map { " of \(Quantity.bytes($0))" } ?? ""
    let rate = Quantity.rate(bytes: bytes, in: duration).map { ", \($0)" } ?? ""
    return "Loaded \(Quantity.count(rows, "row")), \(Quantity.bytes(bytes))\(all)\(rate)"
  }
}
