/// SplitMix64: the same numbers in every run, so that what a property test finds can be found again.
public struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

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
