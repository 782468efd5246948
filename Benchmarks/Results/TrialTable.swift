import Foundation

extension Table {
  /// One trial: what each contestant took for each phase.
  static func of(_ trial: TrialResult) -> Table {
    let counted = trial.roundTrip != nil
    let filed = trial.contestants.contains { $0.samples[Phase.export.rawValue] != nil }
    var table = Table(
      title: "\(trial.title): \(trial.dataset); \(trial.workers) workers\(distance(trial))",
      header: [
        "contestant", "phase", "median s", "from-to", baseline(trial), "MB/s", "CPU s/GB", "memory MB",
      ]
        + (filed ? ["files MB"] : [])
        + (counted ? ["in series/chunk", "turnarounds/chunk", "statements/chunk"] : []))
    for contestant in trial.contestants {
      for step in Step.all {
        guard let runs = trial.runs(contestant.name, step) else { continue }
        let medians = Medians(samples: runs)
        table.rows.append(
          [contestant.name, step.name] + times(medians, contestant.name, step, trial)
            + (filed ? [runs.first?.fileBytes.map { Figure.short(Double($0) / 1e6) } ?? ""] : [])
            + (counted ? counts(medians, trial) : []))
      }
    }
    return table
  }

  private static func baseline(_ trial: TrialResult) -> String {
    switch trial.baseline(for: .phase(.copy))?.name {
    case ContestantName.pipe?: "pipe's copy ÷ (from-to)"
    case let name?: "\(name) ÷ (from-to)"
    case nil: ""
    }
  }

  /// Why contestants are missing from it.
  static func notes(_ trial: TrialResult) -> [String] {
    trial.contestants.compactMap { contestant in
      contestant.failure.map { "\(contestant.name): \($0)" }
    }
  }

  private static func distance(_ trial: TrialResult) -> String {
    trial.roundTrip.map { ", round trips of \(Figure.short($0)) ms" } ?? ""
  }

  private static func times(
    _ medians: Medians, _ contestant: String, _ step: Step, _ trial: TrialResult
  ) -> [String] {
    let moves = step != .phase(.stage)
    return [
      Figure.seconds(medians.seconds),
      "\(Figure.seconds(medians.fastest))-\(Figure.seconds(medians.slowest))",
      trial.speed(contestant, step)?.text ?? "",
      moves ? Figure.short(Double(trial.copyBytes) / 1e6 / medians.seconds) : "",
      moves ? Figure.seconds(medians.clientSeconds / Double(trial.copyBytes) * 1e9) : "",
      Figure.short(Double(medians.clientMemory) / 1e6),
    ]
  }

  private static func counts(_ medians: Medians, _ trial: TrialResult) -> [String] {
    guard let trips = medians.trips else { return ["", "", ""] }
    return [trips.inSeries, trips.turnarounds, trips.statements].map {
      Figure.short(Double($0) / Double(trial.chunks))
    }
  }
}

/// Numbers as people read them.
enum Figure {
  /// Three significant digits at least.
  static func short(_ number: Double) -> String {
    String(format: abs(number) >= 100 ? "%.0f" : abs(number) >= 10 ? "%.1f" : "%.2f", number)
  }

  static func seconds(_ number: Double) -> String {
    String(format: abs(number) >= 100 ? "%.0f" : abs(number) >= 10 ? "%.1f" : "%.3f", number)
  }
}
