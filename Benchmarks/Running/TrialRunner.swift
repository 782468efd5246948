import Foundation

/// Runs the contestants of one trial, in turn.
struct TrialRunner {
  let scenario: Scenario
  let trial: Trial
  let fixture: Fixture
  let contestants: [any Contestant]
  let runs: Int
  let psql: String
  let tell: (String) -> Void

  func result() throws -> TrialResult {
    let check = try TargetCheck(fixture)
    var results = contestants.map { contestant in
      ContestantResult(name: contestant.name, failure: contestant.objection(to: trial))
    }
    for run in 0..<(trial.runs ?? runs) {
      // Whoever goes first finds the machine as the others left it; so the order turns round each time.
      let order = run % 2 == 0 ? Array(contestants.indices) : contestants.indices.reversed()
      for index in order where results[index].failure == nil {
        let contestant = contestants[index]
        tell("\(title), run \(run + 1), \(contestant.name)")
        try TargetRun(runner: self, contestant: contestant, check: check, isFirst: run == 0)
          .measure(into: &results[index])
      }
    }
    var result = empty
    result.contestants = results.filter { !$0.samples.isEmpty || $0.failure != Trial.nothingToShow }
    return result
  }

  private var title: String { trial.label.isEmpty ? scenario.name : "\(scenario.name) (\(trial.label))" }

  private var empty: TrialResult {
    let dataset = trial.dataset
    return TrialResult(
      scenario: scenario.name, question: scenario.question, label: trial.label,
      kind: dataset.name.split(separator: "_").filter { Int($0) == nil }.joined(separator: " "),
      dataset: dataset.summary, chunks: dataset.chunks, rows: dataset.rows, copyBytes: fixture.copyBytes,
      workers: trial.workers, roundTrip: trial.roundTrip)
  }
}
