import BackfillCommands

extension RunSummary {
  mutating func tell(_ result: SchemaResult) {
    guard result.tables.isEmpty else {
      let rows = result.tables.reduce(0) { $0 + $1.rows }
      results.append(
        "Replaced \(Quantity.count(Int(rows), "row")) of \(Quantity.count(result.tables.count, "table")) and advanced "
          + "\(Quantity.count(result.sequences, "sequence")) in \(Quantity.time(result.duration))")
      return
    }
    guard !result.steps.isEmpty else {
      results.append("Nothing to do")
      return
    }
    results.append(
      "The target has the schema: \(Quantity.count(result.objects, "object")), "
        + "\(Quantity.count(result.jobsOff, "job")) turned off, in \(Quantity.time(result.duration))")
    if !result.retention.isEmpty {
      let jobs = result.retention.map { "\($0.id)" }.joined(separator: ", ")
      results += [
        "Retention is on on the source, and may drop chunks before they are copied. To turn it off there:",
        "  SELECT alter_job(id, scheduled => false, timezone => timezone) FROM _timescaledb_config.bgw_job "
          + "WHERE id IN (\(jobs));",
      ]
    }
    if !result.revoking.isEmpty {
      results.append("Granted for the time of the migration; to be taken back at its end:")
      results += result.revoking.map { "  " + SafeText.line("\($0);") }
    }
  }
}
