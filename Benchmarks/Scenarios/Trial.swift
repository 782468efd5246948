/// What is timed: one subcommand of a drop-in; others only copy.
enum Phase: String, Codable, Sendable, CaseIterable {
  case stage, copy, verify, load
}

/// One dataset under one load, run by every contestant in turn.
struct Trial: Sendable {
  /// Tells the trials of one scenario apart; empty where there is only one.
  var label = ""
  var dataset: Dataset
  var workers: Int
  var phases: [Phase] = [.stage, .copy]
  /// Milliseconds of a round trip to both servers, through a proxy that counts them; nil is straight to
  /// the servers.
  var roundTrip: Double?
  /// Parts into which this program is asked to split each chunk at staging, where it can.
  var parts: Int?
  /// Files of CSV are loaded, and nothing else is done.
  var isLoad: Bool { phases == [.load] }
  /// Only drop-ins take part: others have nothing to show here.
  var dropInsOnly = false
  /// This program runs a second time with `copy --keep-indexes`, where it has that.
  var alsoKeepingIndexes = false
  /// Runs, however many are asked for: what is counted is the same every time.
  var runs: Int?
}

/// A named question and the trials that answer it.
struct Scenario: Sendable {
  let name: String
  let question: String
  let trials: [Trial]

  func scaled(by factor: Double) -> Scenario {
    let scaled = trials.map { trial in
      var trial = trial
      trial.dataset = trial.dataset.scaled(by: factor)
      return trial
    }
    return Scenario(name: name, question: question, trials: scaled)
  }
}
