/// What `scripts/chaos` was asked for.
struct Order {
  var campaign: Campaign

  struct Misunderstood: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
  }

  private static let usage = "usage: scripts/chaos --minutes N [--seed S] [--rounds N] [--only KIND]"

  /// `--minutes N`, `--rounds N`, `--seed S`, `--only KIND`; without a seed, one that no run had.
  init(_ arguments: [String]) throws(Misunderstood) {
    campaign = Campaign(firstSeed: .random(in: 1...999_999), rounds: .max, limit: nil)
    var words = arguments[...]
    while let option = words.popFirst() {
      let word = words.popFirst()
      if option == "--only", let word {
        guard !Fault.some(of: word, seed: 1).isEmpty else {
          throw Misunderstood("no fault is called \(word)")
        }
        campaign.only = word
        continue
      }
      guard let value = word.flatMap({ UInt64($0) }) else {
        throw Misunderstood("\(option) wants a number; \(Self.usage)")
      }
      switch option {
      case "--minutes": campaign.limit = .seconds(Int(value) * 60)
      case "--rounds": campaign.rounds = Int(value)
      case "--seed": campaign.firstSeed = value
      default: throw Misunderstood("unknown option \(option)")
      }
    }
    guard campaign.limit != nil || campaign.rounds < .max else {
      throw Misunderstood("say how long: --minutes N or --rounds N")
    }
  }
}
