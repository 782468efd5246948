extension Scenario {
  /// Every scenario, in the order in which they are run.
  static let all: [Scenario] = throughput + tinyChunks + distance + [memory] + files + [splitter]

  static func named(_ name: String) -> Scenario? { all.first { $0.name == name } }

  private static let throughput = [
    Scenario(
      name: "wide-2-indexes", question: "8 chunks of 432,000 rows, two indexes, 4 workers",
      trials: [Trial(dataset: .wide2, workers: 4, alsoKeepingIndexes: true)]),
    Scenario(
      name: "wide-4-indexes", question: "the same rows with four indexes",
      trials: [Trial(dataset: .wide4, workers: 4, alsoKeepingIndexes: true)]),
    Scenario(
      name: "narrow", question: "rows of three columns, one index",
      trials: [Trial(dataset: .narrow, workers: 4)]),
    Scenario(
      name: "many-indexes", question: "eight indexes on chunks of 144,000 rows",
      trials: [Trial(dataset: .manyIndexes, workers: 4, alsoKeepingIndexes: true)]),
    Scenario(
      name: "compressed", question: "8 compressed chunks of 432,000 rows; the pipe compresses after copying",
      trials: [Trial(dataset: .compressed, workers: 4)]),
    Scenario(
      name: "huge", question: "3.5 million rows in one chunk, split into 8 parts: 1 worker, then 4",
      trials: [
        Trial(label: "1 worker", dataset: .huge, workers: 1, parts: 8),
        Trial(label: "4 workers", dataset: .huge, workers: 4, parts: 8),
      ]),
    Scenario(
      name: "verify", question: "every value of 3.5 million rows compared, 4 workers",
      trials: [Trial(dataset: .wide2, workers: 4, phases: [.stage, .copy, .verify])]),
    Scenario(
      name: "parallelism", question: "the rows of wide-2-indexes with 1 to 16 workers",
      trials: [1, 2, 4, 8, 16].map { Trial(label: "\($0) workers", dataset: .wide2, workers: $0) }),
  ]

  private static let tinyChunks = [
    Scenario(
      name: "tiny-2000", question: "2,000 chunks of 60 rows, there on the target, 8 workers",
      trials: [Trial(dataset: .tiny(2000), workers: 8, phases: [.stage, .copy, .verify])]),
    Scenario(
      name: "tiny-2000-missing", question: "the same, with staging making the target's chunks",
      trials: [Trial(dataset: .tiny(2000, targetHasChunks: false), workers: 8, dropInsOnly: true)]),
    Scenario(
      name: "tiny-20000", question: "20,000 chunks of 60 rows, 8 workers",
      trials: [Trial(dataset: .tiny(20_000), workers: 8, phases: [.stage, .copy, .verify])]),
  ]

  private static let distance = [
    Scenario(
      name: "latency", question: "200 tiny chunks at 10 ms round trip, 1 worker",
      trials: [
        Trial(dataset: .tiny(200), workers: 1, phases: [.stage, .copy, .verify], roundTrip: 10)
      ]),
    Scenario(
      name: "round-trips",
      question: "round trips and statements per chunk, counted, from few and many chunks",
      trials: [
        counted(.tiny(20, scaled: .nothing)), counted(.tiny(220, scaled: .nothing)),
        counted(.middling(2)), counted(.middling(6)),
        counted(.middling(2, isCompressed: true)), counted(.middling(6, isCompressed: true)),
        counted(.tiny(21, targetHasChunks: false, scaled: .nothing), phases: [.stage]),
        counted(.tiny(221, targetHasChunks: false, scaled: .nothing), phases: [.stage]),
      ]),
  ]

  private static let memory = Scenario(
    name: "memory", question: "peak memory with 8 workers, then with chunks ten times as big",
    trials: [
      Trial(label: "small chunks", dataset: .wideTenth, workers: 8),
      Trial(label: "ten times as big", dataset: .wide2, workers: 8),
    ])

  private static let files = [
    Scenario(
      name: "load", question: "10 million rows of CSV into a hypertable with two indexes, 4 workers",
      trials: [Trial(dataset: .tenMillion, workers: 4, phases: [.load], kind: .loading)]),
    Scenario(
      name: "load-order",
      question: "CSV in the order of time, at random, and at random but sorted beforehand within batches",
      trials: [
        Trial(dataset: .fiftyChunks, workers: 4, phases: [.load], kind: .loading, comparesOrders: true)
      ]),
    Scenario(
      name: "archive",
      question: "3.5 million rows into files and into the target, against copy and pg_dump, 2 workers",
      trials: [
        Trial(dataset: .wide2, workers: 2, phases: [.stage, .copy, .export, .importing], kind: .archiving)
      ]),
  ]

  /// Needs no server: see `SplitterBenchmark`.
  static let splitter = Scenario(
    name: "splitter", question: "GB/s at which records are told apart: plain, quoted, with backslashes",
    trials: [])

  /// Counts are the same at every run. The delay keeps apart what is asked one after the other.
  private static func counted(_ dataset: Dataset, phases: [Phase] = [.stage, .copy, .verify]) -> Trial {
    Trial(
      label: dataset.name, dataset: dataset, workers: 1, phases: phases, roundTrip: 10, runs: 1)
  }
}
