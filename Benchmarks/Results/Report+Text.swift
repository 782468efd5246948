extension Report {
  /// For the terminal.
  var text: String {
    var parts = [conditions.joined(separator: "\n")]
    for result in results {
      parts.append(Table.of(result).text(leading: 2))
      parts += Table.notes(result).map { "  \($0)" }
    }
    let perChunk = PerChunk.all(in: self)
    if !perChunk.isEmpty { parts.append(PerChunk.table(perChunk).text(leading: 3)) }
    parts.append(Claim.table(Claim.all(self)).text(leading: 1))
    return parts.joined(separator: "\n\n")
  }

  /// For a README.
  var markdown: String {
    var parts = [conditions.map { "- \($0)" }.joined(separator: "\n")]
    for result in results where result.scenario != "round-trips" {
      parts.append(Table.of(result).markdown(leading: 2))
      parts += Table.notes(result).map { "\($0)" }
    }
    let perChunk = PerChunk.all(in: self)
    if !perChunk.isEmpty { parts.append(PerChunk.table(perChunk).markdown(leading: 3)) }
    parts.append(Claim.table(Claim.all(self)).markdown(leading: 1))
    return parts.joined(separator: "\n\n") + "\n"
  }

  /// Under which the numbers were taken.
  var conditions: [String] {
    let present = Set(results.flatMap(\.contestants).map(\.name))
    let programs = versions.filter { present.contains($0.key) }.sorted { $0.key < $1.key }
      .map { "\($0.key): \($0.value)" }
    let set = settings.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
    let loads = results.flatMap(\.contestants).flatMap(\.samples.values).joined().map(\.loadBefore)
    let busiest = loads.max() ?? 0
    let place = clusters == 1 ? "one cluster" : "two clusters"
    let right = mayCreateInInternal ? "may" : "may not"
    let times = runs == 1 ? "1 run" : "\(runs) runs"
    let all = [
      "\(date); \(machine.description)",
      "\(server); source and target on \(place), by TCP on 127.0.0.1",
      set.joined(separator: ", "),
      "app, who owns the databases, \(right) create in _timescaledb_internal",
      programs.joined(separator: "; "),
      "medians of \(times), the contestants in turn, each time into a fresh copy of the same empty target; "
        + "load average before a run at most \(Figure.short(busiest))",
    ]
    if rowsScale == 1 { return all }
    return all + ["with \(Figure.short(rowsScale)) of the rows: not to be compared with full runs"]
  }
}
