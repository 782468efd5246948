/// What a person would do with a file of CSV: `psql \copy` of the whole, or of parts that were cut by hand, at once.
/// Cutting isn't timed.
struct ByHandLoad: Contestant {
  let psql: String
  let streams: Int
  let phases = [Phase.load]

  var name: String { streams == 1 ? ContestantName.copyByHand : "\(streams) × \(ContestantName.copyByHand)" }

  func objection(to trial: Trial) -> String? {
    trial.kind == .loading && !trial.comparesOrders ? nil : Trial.nothingToShow
  }

  func prepare(_ course: Course) throws { _ = try files(course) }

  func command(_ phase: Phase, _ course: Course) throws -> Command {
    let load = #""$PSQL" -qX -v ON_ERROR_STOP=1 -d "$TARGET" -c "\\copy m FROM '$0' (FORMAT csv)""#
    return Command(
      words: ["sh", "-c", #"printf '%s\n' $FILES | xargs -P "$STREAMS" -I{} sh -c "$LOAD" {}"#],
      environment: [
        "PSQL": psql, "TARGET": course.destination, "FILES": try files(course), "STREAMS": "\(streams)",
        "LOAD": load,
      ])
  }

  private func files(_ course: Course) throws -> String {
    try streams == 1 ? RecordFile.make(course) : RecordFile.parts(streams, course)
  }
}
