import Foundation

/// pgcopydb's `copy table-data`, told to copy the chunks. It copies from a table to the one of the same
/// name, so source and target must have come to the same chunk names.
struct Pgcopydb: Contestant {
  let name = "pgcopydb"
  let binary: String
  let phases = [Phase.copy]

  func objection(to trial: Trial) -> String? {
    if trial.kind != .copying { return Trial.nothingToShow }
    if trial.dropInsOnly { return "only drop-ins take part" }
    if trial.dataset.isCompressed { return "copies compressed chunks as whole databases only" }
    return trial.dataset.targetHasChunks ? nil : "needs the target's chunks"
  }

  func prepare(_ course: Course) throws {
    let names = course.fixture.pairs
    guard names.allSatisfy({ $0.source == $0.target }) else {
      throw BenchmarkError("chunks are called differently on source and target")
    }
    let lines = ["[include-only-table]"] + names.map(\.source)
    try lines.map { "\($0)\n" }.joined().write(toFile: filters(course), atomically: false, encoding: .utf8)
  }

  func command(_ phase: Phase, _ course: Course) -> Command {
    Command(
      words: [
        binary, "copy", "table-data", "--source", course.source, "--target", course.destination, "--dir",
        course.scratch + "/pgcopydb", "--table-jobs", "\(course.trial.workers)", "--filters",
        filters(course), "--not-consistent",
      ])
  }

  private func filters(_ course: Course) -> String { course.scratch + "/filters.ini" }
}
