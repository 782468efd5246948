import TestServers

/// A fault that lies in wait for the copy.
struct Trap: Sendable {
  let fault: Fault
  /// What the proxy had counted of its kind before.
  let cutsBefore: Int
}

extension Fault {
  var isTrap: Bool {
    switch self {
    case .cutAfter, .loseCommitAnswer: true
    default: false
    }
  }
}

extension Round {
  /// Counts the traps that were sprung, as the proxies tell; the others caught nobody.
  func countTraps() {
    for (kind, set) in Dictionary(grouping: traps, by: \.fault.kind).sorted(by: { $0.key < $1.key }) {
      let sprung = min(set.count, cuts(by: set[0].fault) - set[0].cutsBefore)
      for _ in 0..<sprung { report.count(kind) }
      for _ in sprung..<set.count { report.missed.append("\(kind): nobody was caught") }
    }
    traps = []
  }

  func setTrap(_ fault: Fault) { traps.append(Trap(fault: fault, cutsBefore: cuts(by: fault))) }

  private func cuts(by fault: Fault) -> Int {
    switch fault {
    case .cutAfter(let side, _):
      stand.proxy(side).cutsDone
        - FaultyProxy.Delivery.allCases.map(stand.proxy(side).answersLost).reduce(0, +)
    case .loseCommitAnswer(let delivered):
      stand.targetProxy.answersLost(delivered ? .delivered : .undelivered)
    default: 0
    }
  }
}
