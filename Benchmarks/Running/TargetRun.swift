import Foundation

/// One run of one contestant into a fresh target.
struct TargetRun {
  let runner: TrialRunner
  let contestant: any Contestant
  let check: TargetCheck
  /// The first run's rows are compared value by value.
  let isFirst: Bool

  func measure(into result: inout ContestantResult) throws {
    let target = try runner.fixture.emptyTarget.cloned(as: "target_of_this_run")
    defer { try? target.drop() }
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(
      "backfill-bench-\(UUID().uuidString)"
    ).path
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: scratch) }

    let ledger = TripLedger()
    let proxies = try runner.trial.roundTrip.map { roundTrip in
      try [runner.fixture.source, target].map {
        try LatencyProxy(to: $0.port, roundTrip: roundTrip, ledger: ledger)
      }
    }
    defer { for proxy in proxies ?? [] { proxy.stop() } }
    let course = Course(
      trial: runner.trial, fixture: runner.fixture, target: target,
      sourcePort: proxies?[0].port ?? runner.fixture.source.port,
      targetPort: proxies?[1].port ?? target.port, psql: runner.psql, scratch: scratch)
    try contestant.prepare(course)
    for phase in runner.trial.phases where contestant.phases.contains(phase) {
      try measure(phase, course, ledger: proxies == nil ? nil : ledger, into: &result)
      if result.failure != nil { return }
    }
  }

  private func measure(
    _ phase: Phase, _ course: Course, ledger: TripLedger?, into result: inout ContestantResult
  ) throws {
    // What runs before have written is on its way to the disk; here it arrives.
    sync()
    let outcome = try MeasuredProcess.run(try contestant.command(phase, course))
    guard outcome.isSuccess else {
      result.failure = "\(phase.rawValue) failed: " + (outcome.errors + outcome.output).suffix(400)
      return
    }
    var sample = outcome.sample
    sample.trips = ledger?.take()
    if phase == .export { sample.fileBytes = Self.size(of: course.archive) }
    result.samples[phase.rawValue, default: []].append(sample)
    runner.tell("    \(phase.rawValue) \(Figure.seconds(sample.seconds)) s")
    if phase.fills,
      let fault = try check.fault(
        of: course.target, thorough: isFirst, isSplit: course.trial.parts != nil)
    {
      result.failure = "its times mean nothing: \(fault)"
    }
  }

  /// Of all files in a directory.
  private static func size(of directory: String) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return files.reduce(0) { sum, file in
      let facts = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(file)")
      return sum + (facts?[.size] as? Int ?? 0)
    }
  }
}
