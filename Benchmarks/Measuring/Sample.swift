/// What one run of one phase took.
struct Sample: Codable, Sendable {
  var seconds: Double
  /// User and system time of the client processes, all of them.
  var clientSeconds: Double
  /// The most memory that the client processes had resident at one time, all together; bytes.
  var clientMemory: Int
  /// The machine's load average when the run began: much above 0 says that something else was running.
  var loadBefore: Double
  /// Of the files that it has written, where these are what it is about.
  var fileBytes: Int?
  /// Where the run went through the counting proxy.
  var trips: Trips?
}

/// What a run said to its servers, as the proxy saw it.
struct Trips: Codable, Sendable {
  var connections = 0
  /// Times that a client spoke after its server had, on every connection.
  var turnarounds = 0
  /// Round trips that had to wait for one another, whichever the connection: what distance multiplies.
  var inSeries = 0
  /// Statements that the servers completed.
  var statements = 0
  var bytes = 0
}

/// Medians of several runs.
struct Medians {
  let samples: [Sample]

  var seconds: Double { median(\.seconds) }
  var clientSeconds: Double { median(\.clientSeconds) }
  var clientMemory: Int { Int(median { Double($0.clientMemory) }) }
  var fastest: Double { samples.map(\.seconds).min() ?? .nan }
  var slowest: Double { samples.map(\.seconds).max() ?? .nan }
  var trips: Trips? { samples.compactMap(\.trips).first }

  private func median(_ value: (Sample) -> Double) -> Double {
    samples.map(value).median
  }
}

extension [Double] {
  /// NaN where there are none.
  var median: Double {
    let sorted = sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}
