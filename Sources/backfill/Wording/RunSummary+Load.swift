import BackfillCommands
import ChunkCatalog
import Postgres

extension RunSummary {
  mutating func tell(_ result: LoadResult) {
    let table = result.table.map { " into \($0.shown)" } ?? ""
    let rate = Quantity.rate(rows: result.outcome.rows, in: result.duration).map { ", \($0)" } ?? ""
    results.append(
      "Loaded \(Quantity.count(result.outcome.rows, "row"))\(table) from \(Quantity.bytes(result.bytes)) in "
        + "\(Quantity.time(result.duration))\(rate)")
    var all = result.outcome
    all += result.before
    if result.before.records > 0 {
      results.append("Loaded \(Quantity.count(all.rows, "row")) with what earlier runs have loaded")
    }
    if all.leftOut > 0 {
      results.append("Left out \(Quantity.count(all.leftOut, "record")) outside of the window")
    }
    if all.passedOver > 0 {
      results.append(
        "Passed over \(Quantity.count(all.passedOver, "record")): the row was there, or a trigger kept it out"
      )
    }
    if all.rejected > 0 {
      let file = result.rejects.map { ", written to \(SafeText.line($0.path))" } ?? ""
      results.append("Rejected \(Quantity.count(all.rejected, "record"))\(file)")
    }
    if let finding = result.failure?.finding { problems.append(Message(.error, finding)) }
    if result.stopped {
      problems.append(
        Message(.error, "stopped before all was loaded", hint: Self.hint(result), code: "stopped"))
    } else if result.failure != nil {
      problems.append(
        Message(.warning, "not all is loaded", hint: Self.hint(result), code: "load-unfinished"))
    }
  }

  private static func hint(_ result: LoadResult) -> String {
    result.isLost
      ? "batches that were loaded stay loaded, and what was read cannot be read again: load it from a file, with --replace "
        + "or into an empty table"
      : "run the same command again to continue"
  }
}
