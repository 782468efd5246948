import Foundation
import TestServers

/// A whole run: servers, contestants, scenarios.
struct Benchmarks {
  let options: BenchmarkOptions
  let servers: Servers
  let contestants: [any Contestant]
  let psql: String

  static func start(_ options: BenchmarkOptions) async throws -> Benchmarks {
    guard let psql = options.psql ?? Programs.psql() else {
      throw BenchmarkError("no psql found; --psql PATH names one")
    }
    let contestants = try Lineup.choose(options, psql: psql)
    let server = try Servers.choose(options.server)
    tell("\(server)")
    let servers = try await Servers.start(server, two: options.twoClusters, durable: options.durable)
    return Benchmarks(options: options, servers: servers, contestants: contestants, psql: psql)
  }

  /// - Parameter finished: gets the report so far after every trial, so that no failure takes hours of work
  ///   with it.
  func report(_ finished: (Report) throws -> Void) async throws -> Report {
    var report = try emptyReport()
    var fixtures: [String: Fixture] = [:]
    let scenarios = options.scenarios.map { $0.scaled(by: options.rowsScale) }
    var left = scenarios.flatMap(\.trials).map(\.dataset.name)
    for scenario in scenarios {
      for trial in scenario.trials {
        let name = trial.dataset.name
        Self.tell("\(scenario.name): \(trial.dataset.summary)")
        if fixtures[name] == nil { fixtures[name] = try await make(trial.dataset) }
        guard let fixture = fixtures[name] else { continue }
        report.results.append(
          try TrialRunner(
            scenario: scenario, trial: trial, fixture: fixture, contestants: contestants,
            runs: options.runs, psql: psql, tell: Self.tell
          ).result())
        try finished(report)
        left.removeFirst()
        if !left.contains(name) {
          try fixture.drop()
          fixtures[name] = nil
        }
      }
    }
    return report
  }

  private func make(_ dataset: Dataset) async throws -> Fixture {
    try await Fixture.make(
      dataset, on: servers, mayCreateInInternal: options.mayCreateInInternal, psql: psql)
  }

  private func emptyReport() throws -> Report {
    Report(
      date: Date.now.formatted(.iso8601.year().month().day()), machine: .read(),
      server: "\(servers.server)", clusters: servers.areTwo ? 2 : 1, settings: try servers.described(),
      versions: try Lineup.versions(contestants, psql: psql), rowsScale: options.rowsScale,
      runs: options.runs, mayCreateInInternal: options.mayCreateInInternal)
  }

  /// Progress goes to standard error, results to standard output.
  static func tell(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
  }
}
