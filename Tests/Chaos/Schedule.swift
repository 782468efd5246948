import TestServers

/// What goes wrong in one round, and when.
struct Schedule: Sendable {
  struct Entry: Sendable {
    /// Milliseconds after the one before.
    let delay: Int
    let fault: Fault
  }

  let workers: Int
  /// Bytes a second on each connection; nil for no limit.
  let rate: Int?
  /// Kills the staging this many milliseconds after its start, and stages again.
  let stageKilledAfter: Int?
  let entries: [Entry]
  /// The target crashes once more between the last copy and the comparison.
  let endsWithCrash: Bool
  let text: SourceText

  /// - Parameter isCommunity: whether chunks can be compressed.
  /// - Parameter faults: others than those of the seed.
  /// - Parameter text: another than that of the seed.
  init(seed: UInt64, isCommunity: Bool, faults: [Fault]? = nil, text: SourceText? = nil) {
    var random = SeededRandom(seed: seed)
    workers = Int.random(in: 1...4, using: &random)
    rate = [nil, nil, 20_000_000, 8_000_000, 3_000_000].randomElement(using: &random) ?? nil
    stageKilledAfter =
      Int.random(in: 0..<5, using: &random) == 0 ? Int.random(in: 20...500, using: &random) : nil
    endsWithCrash = Int.random(in: 0..<6, using: &random) == 0
    let ofSeed = [SourceText.otherCollation, .otherEncoding, .same, .same, .same].randomElement(
      using: &random)
    self.text = text ?? ofSeed ?? .same
    if let faults {
      entries = faults.map {
        Entry(delay: Int.random(in: 0...250, using: &random), fault: $0.possible(isCommunity: isCommunity))
      }
      return
    }
    let count = Int.random(in: 3...7, using: &random)
    entries = (0..<count).map { _ in
      Entry(
        delay: Int.random(in: 0...250, using: &random),
        fault: .random(using: &random).possible(isCommunity: isCommunity))
    }
  }
}

extension Fault {
  /// One fault of every kind, in an order by the seed.
  static func ofEveryKind(seed: UInt64) -> [Fault] {
    var random = SeededRandom(seed: seed)
    var found: [String: Fault] = [:]
    while found.count < kinds {
      let fault = Fault.random(using: &random)
      found[fault.kind] = found[fault.kind] ?? fault
    }
    return found.sorted { $0.key < $1.key }.map(\.value).shuffled(using: &random)
  }

  /// The number of kinds that `random` gives.
  static let kinds = 44

  /// Some faults of the kinds whose names contain a word.
  ///
  /// - Returns: none where there is no such kind.
  static func some(of word: String, seed: UInt64) -> [Fault] {
    var random = SeededRandom(seed: seed)
    let drawn = (0..<5000).map { _ in Fault.random(using: &random) }
    return Array(drawn.filter { $0.kind.contains(word) }.prefix(3))
  }

  /// The fault, or what comes near to it in the Apache edition.
  fileprivate func possible(isCommunity: Bool) -> Fault {
    switch self {
    case .compress(let chunk, _) where !isCommunity, .decompress(let chunk) where !isCommunity,
      .recompress(let chunk) where !isCommunity, .mergeChunks(let chunk) where !isCommunity,
      .rollUp(let chunk) where !isCommunity:
      .vacuumFull(chunk: chunk)
    case .refreshTarget where !isCommunity: .liveWrites(1)
    default: self
    }
  }

  fileprivate static func random(using random: inout SeededRandom) -> Fault {
    let side = Bool.random(using: &random) ? Side.source : .target
    let number = Int.random(in: 0..<1000, using: &random)
    let flag = Bool.random(using: &random)
    let bytes = [200, 3_000, 60_000, 500_000, 3_000_000].randomElement(using: &random) ?? 0
    switch Int.random(in: 0..<60, using: &random) {
    case 0..<5: return .killTool
    case 5..<7: return .interruptTool(twice: flag)
    case 7..<10: return .terminateBackends(side, all: flag)
    case 10: return .cancelStatements(side)
    case 11..<14: return .restart(side)
    case 14..<16: return .pause(side, milliseconds: 100 + number / 2)
    case 16..<18: return .cutAll(side, abruptly: flag)
    case 18..<22: return .cutAfter(side, bytes: bytes / 2 + number)
    case 22..<24: return .loseCommitAnswer(delivered: flag)
    case 24..<26: return .silence(side, milliseconds: 100 + number / 2)
    case 26: return .statementTimeout(side, milliseconds: 1 + number % 50)
    case 27: return .lockTimeout(side)
    case 28: return .connectionLimit(side)
    case 29..<31: return .lockChunk(milliseconds: 100 + number / 3)
    case 31..<33: return .secondCopy(killedAfter: number / 2)
    case 33: return .stageAgain
    case 34..<36: return .fillDisk(milliseconds: 150 + number / 3)
    case 36..<38: return .dropChunks(hours: 1 + number % 5)
    case 38..<40: return .compress(chunk: number, keepingHeap: flag)
    case 40: return .decompress(chunk: number)
    case 41..<43: return .vacuumFull(chunk: number)
    case 43..<45: return .copyAgain(every: 2 + number % 4)
    case 45..<47: return .recompress(chunk: number)
    case 47..<49: return .mergeChunks(chunk: number)
    case 49..<51: return .rollUp(chunk: number)
    case 51..<53: return .restage(until: Ground.earlierEnds[number % Ground.earlierEnds.count])
    case 53: return .lagBehind(hour: number % 5)
    case 54..<56: return .lockTask(toTheEnd: number % 3 == 0)
    case 56..<58: return .longRead(milliseconds: 100 + number / 3)
    case 58: return .refreshTarget
    default: return .liveWrites(1 + number % 4)
    }
  }
}
