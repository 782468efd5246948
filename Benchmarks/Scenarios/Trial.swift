/// What is timed: one subcommand of a drop-in, or what does the same.
enum Phase: String, Codable, Sendable, CaseIterable {
  case stage, copy, verify, load, export
  case importing = "import"

  /// Whether the target has all rows afterwards.
  var fills: Bool { self == .copy || self == .load || self == .importing }
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
  var kind = Kind.copying
  /// This program alone loads the same rows in different orders.
  var comparesOrders = false
  /// Only drop-ins take part: others have nothing to show here.
  var dropInsOnly = false
  /// This program runs a second time with `copy --keep-indexes`, where it has that.
  var alsoKeepingIndexes = false
  /// What it is about.
  enum Kind: Sendable {
    case copying
    /// Files of CSV go into the target.
    case loading
    /// The source goes into files, and these into the target.
    case archiving
  }

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
