import TestServers

/// Round after round, until the time or the number is over.
struct Campaign: Sendable {
  var firstSeed: UInt64
  var rounds: Int
  var limit: Duration?
  /// Every kind of fault once, spread over all rounds, instead of each round's own.
  var coversEveryKind = false
  /// Only faults of the kinds whose names contain this.
  var only: String?
  /// Which of the rounds are done, counted from 0; all by default.
  var numbers: Range<Int>?

  struct Result: Sendable {
    var survived: [RoundReport] = []
    var failed: [(seed: UInt64, reason: String)] = []

    var faults: [String: Int] {
      survived.reduce(into: [:]) { sum, round in sum.merge(round.faults) { $0 + $1 } }
    }
  }

  /// - Parameter tell: called with each line for the person who watches.
  func run(on server: TestServer, tell: (String) -> Void) async throws -> Result {
    let started = ContinuousClock.now
    let stand = try await Stand(on: server)
    if case .failure(let reason) = stand.disk { tell("no full disk: \(reason)") }
    var result = Result()
    let faults = coversEveryKind ? Fault.ofEveryKind(seed: firstSeed) : []
    let texts = SourceText.allCases
    for number in numbers ?? 0..<rounds {
      if let limit, ContinuousClock.now - started > limit { break }
      let seed = firstSeed + UInt64(number)
      do {
        let round = try await Round(
          seed: seed,
          faults: coversEveryKind
            ? faults.share(number, of: rounds) : only.map { Fault.some(of: $0, seed: seed) },
          text: coversEveryKind ? texts[number % texts.count] : nil, on: stand)
        let report = try await round.run()
        result.survived.append(report)
        tell(report.line)
        for text in report.missed { tell("    missed: \(text)") }
        for text in report.repeats { tell("    repeated: \(text)") }
      } catch {
        result.failed.append((seed, "\(error)"))
        tell(
          "seed \(seed): FAILED: \(error)\n    schedule: \(Schedule(seed: seed, isCommunity: server.isCommunity))"
        )
        // Whatever it left behind, the next round begins anew.
        try await stand.recover()
      }
    }
    return result
  }
}

extension Array {
  /// The part of it that belongs to one of several, all of them together being the whole.
  func share(_ number: Int, of all: Int) -> Self {
    Self(self[count * number / all..<count * (number + 1) / all])
  }
}
