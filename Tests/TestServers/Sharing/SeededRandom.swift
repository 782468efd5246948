import Foundation

/// SplitMix64: the same numbers for the same seed, so that what a test finds by chance can be found again.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  /// Another seed in every run, which is printed; BACKFILL_TEST_SEED gives it again.
  ///
  /// - Parameter purpose: what it decides, for who reads the output.
  public static func ofThisRun(for purpose: String) -> SeededRandom {
    let given = ProcessInfo.processInfo.environment["BACKFILL_TEST_SEED"].flatMap { UInt64($0) }
    let seed = given ?? .random(in: 1...999_999)
    print("\(purpose): BACKFILL_TEST_SEED=\(seed)")
    return SeededRandom(seed: seed)
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// A text of up to `length` scalars, most of which mean something to a parser of SQL, arrays or connection
  /// strings, or join with their neighbours into one Swift character. Never NUL, which no server takes.
  public mutating func hostileText(length: Int) -> String {
    let scalars: [Unicode.Scalar] = [
      "'", "\"", "\\", "'", "\"", "\\", "{", "}", ",", ";", "-", "$", "%", "/", "*", "=", "@", ":", " ", "\t",
      "\n",
      "\r", "a", "B", "E", "N", "U", "L", "0", "n", "x", "\u{1}", "\u{7f}", "\u{e9}", "\u{301}", "\u{200d}",
      "\u{fe0f}", "\u{1f469}", "\u{feff}", "\u{10fffd}", "\u{fffd}", "\u{2019}",
    ]
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...length, using: &self) {
      if let scalar = scalars.randomElement(using: &self) { text.append(scalar) }
    }
    return String(text)
  }
}
