import BackfillCommands
import ChunkCatalog
import Postgres

extension RunSummary {
  mutating func tell(_ result: ExportResult) {
    let kept = result.kept > 0 ? "; \(Quantity.count(result.kept, "file")) finished before" : ""
    let rate = Quantity.rate(bytes: result.copiedBytes, in: result.duration).map { ", \($0)" } ?? ""
    results.append(
      "Exported \(Quantity.bytes(result.copiedBytes)) from \(Quantity.count(result.written, "chunk")) in "
        + "\(Quantity.time(result.duration)) (\(Quantity.count(result.rows, "row"))\(rate)) into "
        + "\(Quantity.bytes(result.bytes)) of files\(kept)")
    if result.batches > 0 {
      results.append(
        "\(Quantity.count(result.batches, "chunk")) of the archive as compressed batches, which go only into "
          + "TimescaleDB \(result.timescaleVersion) with compression and no further constraints; for another target, "
          + "export with --rows into another directory (help archives)")
    }
    tell(
      result.failures, RestOfWork(remaining: result.left), givenUp: result.failures.count,
      stopped: result.stopped, todo: "export")
    guard problems.isEmpty else { return }
    results.append(
      "Next, where the target can be reached: \(Version.program) import --input "
        + SafeText.line(ShellWord.quoted(result.directory)))
  }

  mutating func tell(_ result: ImportResult) {
    let archive = ShellWord.quoted(result.directory)
    if result.done == 0, result.failures.isEmpty, result.rest.remaining == 0 {
      results.append("Nothing to import: all files of the archive (\(result.files)) have been imported")
    } else {
      let rate = Quantity.rate(bytes: result.bytes, in: result.duration).map { ", \($0)" } ?? ""
      results.append(
        "Imported \(Quantity.bytes(result.bytes)) from \(Quantity.count(result.done, "file")) in "
          + "\(Quantity.time(result.duration)) (\(Quantity.count(result.rows, "row"))\(rate))")
      tell(
        result.failures, result.rest, givenUp: result.failures.count, stopped: result.stopped, todo: "import",
        by: NextStep.copy.command(of: archive))
    }
    tell(result.again, "import")
    if problems.isEmpty, let next = result.next { results.append(Self.next(next, of: archive)) }
  }
}
