import Foundation

/// What a person would do by hand: a `psql | psql` for each chunk, several at a time.
struct Piped: Contestant {
  let name = ContestantName.pipe
  let psql: String
  let phases = [Phase.copy]

  func objection(to trial: Trial) -> String? {
    if trial.kind != .copying { return Trial.nothingToShow }
    if trial.dropInsOnly { return "only drop-ins take part" }
    return trial.dataset.targetHasChunks ? nil : "needs the target's chunks"
  }

  /// A line for each pair of chunks, newest first like the others.
  func prepare(_ course: Course) throws {
    let lines = course.fixture.pairs.reversed().map { "\($0.source) \($0.target)\n" }
    try lines.joined().write(toFile: list(course), atomically: false, encoding: .utf8)
  }

  func command(_ phase: Phase, _ course: Course) -> Command {
    Command(
      words: [
        "xargs", "-P", "\(course.trial.workers)", "-L", "1", "sh", "-c",
        course.fixture.dataset.isCompressed ? Self.compressing : Self.plain, "pipe",
      ],
      environment: ["PSQL": psql, "SOURCE": course.source, "TARGET": course.destination],
      input: list(course))
  }

  private func list(_ course: Course) -> String { course.scratch + "/chunks" }

  private static let plain = """
    "$PSQL" -qX -v ON_ERROR_STOP=1 -d "$SOURCE" -c "COPY (SELECT * FROM ONLY $1) TO STDOUT (FORMAT binary)" |
    "$PSQL" -qX -v ON_ERROR_STOP=1 -d "$TARGET" -c "COPY $2 FROM STDIN (FORMAT binary)"
    """

  /// Compressed rows can't be read as they are by way of the chunk; so they travel as rows and get
  /// compressed again.
  private static let compressing = """
    "$PSQL" -qX -v ON_ERROR_STOP=1 -d "$SOURCE" -c "COPY (SELECT * FROM $1) TO STDOUT (FORMAT binary)" |
    "$PSQL" -qXAt -v ON_ERROR_STOP=1 -d "$TARGET" -c "COPY $2 FROM STDIN (FORMAT binary)" \
      -c "SELECT compress_chunk('$2')"
    """

  /// How many bytes a COPY TO STDOUT yields.
  static func bytes(of copy: String, _ database: Database, psql: String) throws -> Int {
    let outcome = try MeasuredProcess.run(
      Command(
        words: ["sh", "-c", #""$PSQL" -qX -d "$SOURCE" -c "$COPY" | wc -c"#],
        environment: [
          "PSQL": psql, "COPY": copy,
          "SOURCE": database.connectionString(port: database.port),
        ]))
    let text = outcome.output.trimmingCharacters(in: .whitespacesAndNewlines)
    guard let bytes = Int(text), bytes > 0 else { throw BenchmarkError("\(psql) fails: \(outcome.errors)") }
    return bytes
  }
}
