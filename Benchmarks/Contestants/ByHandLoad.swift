import Foundation

/// What a person would do with a file of CSV: `psql \copy` of the whole, or of parts that were cut by hand, at once.
/// Cutting isn't timed.
struct ByHandLoad: Contestant {
  let psql: String
  let streams: Int
  let phases = [Phase.load]

  var name: String { streams == 1 ? "psql \\copy" : "\(streams) × psql \\copy" }

  func objection(to trial: Trial) -> String? { trial.isLoad ? nil : "nothing to show here" }

  func prepare(_ course: Course) throws {
    try Self.writeFile(course, psql: psql)
    guard streams > 1 else { return }
    // No value of a dataset has a newline in it.
    let cut = ["split", "-n", "l/\(streams)", Self.file(course), course.scratch + "/part."]
    guard try MeasuredProcess.run(Command(words: cut)).isSuccess else { throw BenchmarkError("split fails") }
  }

  func command(_ phase: Phase, _ course: Course) -> Command {
    let files = streams == 1 ? "\"$SCRATCH/rows.csv\"" : "\"$SCRATCH\"/part.*"
    let load = #""$PSQL" -qX -v ON_ERROR_STOP=1 -d "$TARGET" -c "\\copy m FROM '$0' (FORMAT csv)""#
    return Command(
      words: [
        "sh", "-c",
        "printf '%s\\n' \(files) | xargs -P \(streams) -I{} sh -c '\(load.replacingOccurrences(of: "'", with: "'\\''"))' {}",
      ],
      environment: ["PSQL": psql, "TARGET": course.destination, "SCRATCH": course.scratch])
  }

  static func file(_ course: Course) -> String { course.scratch + "/rows.csv" }

  /// The source's rows, in the order in which they were made.
  static func writeFile(_ course: Course, psql: String) throws {
    let copy = "\\copy (SELECT * FROM m ORDER BY time) TO '\(file(course))' (FORMAT csv)"
    let outcome = try MeasuredProcess.run(
      Command(words: [psql, "-qX", "-v", "ON_ERROR_STOP=1", "-d", course.source, "-c", copy]))
    guard outcome.isSuccess else { throw BenchmarkError("writing the CSV file fails: \(outcome.errors)") }
  }
}
