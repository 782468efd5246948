/// How many times as fast one contestant was as another, run by run, as runs are made in turn: what else goes on at a
/// machine, and stays for longer than a run, is then in both.
struct Ratio {
  let median: Double
  let least: Double
  let most: Double

  /// - Parameters:
  ///   - baseline: seconds of the other one's runs.
  ///   - seconds: of its own.
  init?(baseline: [Double], seconds: [Double]) {
    let ratios = zip(baseline, seconds).map { $0 / $1 }.sorted()
    guard let least = ratios.first, let most = ratios.last else { return nil }
    (self.least, self.most) = (least, most)
    median = ratios.median
  }

  /// `1.93 (1.80-2.05)`
  var text: String { "\(Figure.short(median)) (\(Figure.short(least))-\(Figure.short(most)))" }
}

/// What times are compared of.
enum Step: Equatable {
  case phase(Phase)
  /// Out of the source into files, and out of these into the target.
  case throughFiles

  static let all = Phase.allCases.map { Step.phase($0) } + [.throughFiles]

  var name: String {
    switch self {
    case .phase(let phase): phase.rawValue
    case .throughFiles: "both"
    }
  }

  fileprivate var phases: [Phase] {
    switch self {
    case .phase(let phase): [phase]
    case .throughFiles: [.export, .importing]
    }
  }
}

extension TrialResult {
  /// Medians, and seconds run by run, of a step; nil where a contestant didn't take it.
  func runs(_ contestant: String, _ step: Step) -> [Sample]? {
    let runs = step.phases.map { medians(contestant, $0)?.samples ?? [] }
    guard let first = runs.first, !first.isEmpty, runs.allSatisfy({ $0.count == first.count }) else {
      return nil
    }
    return first.indices.map { run in
      runs.dropFirst().reduce(first[run]) { sum, samples in
        var sum = sum
        sum.seconds += samples[run].seconds
        sum.clientSeconds += samples[run].clientSeconds
        sum.clientMemory = max(sum.clientMemory, samples[run].clientMemory)
        return sum
      }
    }
  }

  /// Whom others are compared with, and at which step.
  func baseline(for step: Step) -> (name: String, step: Step)? {
    if step == .phase(.stage) { return nil }
    if has(ContestantName.dump) {
      return (ContestantName.dump, step == .phase(.copy) ? .throughFiles : step)
    }
    if has(ContestantName.copyByHand) { return (ContestantName.copyByHand, step) }
    if has(ContestantName.inOrder) { return (ContestantName.inOrder, step) }
    return (ContestantName.pipe, .phase(.copy))
  }

  private func has(_ contestant: String) -> Bool { contestants.contains { $0.name == contestant } }

  /// nil where the baseline wasn't run.
  func speed(_ contestant: String, _ step: Step) -> Ratio? {
    guard let (name, other) = baseline(for: step), let own = runs(contestant, step),
      let theirs = runs(name, other)
    else { return nil }
    return Ratio(baseline: theirs.map(\.seconds), seconds: own.map(\.seconds))
  }
}
