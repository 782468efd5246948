import Foundation
import Synchronization

/// What a proxy's connections have been told to do, shared by their threads.
final class ProxyControl: Sendable {
  struct Trap {
    let pattern: [UInt8]
    let delivery: FaultyProxy.Delivery
  }

  struct State {
    var port = 0
    var isHeld = false
    var hasEnded = false
    var rate: Int?
    /// Bytes that still go before `rate` counts.
    var unthrottled = 0
    var cutAfter: (bytes: Int, manner: FaultyProxy.Manner)?
    var trap: Trap?
    var watch: StatementWatch?
    var links = 0
    var cutsDone = 0
    var answersLost: [FaultyProxy.Delivery: Int] = [:]
    /// Counts the orders to cut all; a link begun under an earlier number is cut.
    var generation = 0
    var manner = FaultyProxy.Manner.abruptly
  }

  private let state = Mutex(State())

  func update(_ body: (inout State) -> Void) { state.withLock { body(&$0) } }

  func read<Value: Sendable>(_ body: (inout State) -> Value) -> Value { state.withLock { body(&$0) } }

  var links: Int { read { $0.links } }
  var cutsDone: Int { read { $0.cutsDone } }
  var hasEnded: Bool { read { $0.hasEnded } }

  func end() { update { $0.hasEnded = true } }

  func cutAll(_ manner: FaultyProxy.Manner) {
    update {
      $0.generation += 1
      $0.manner = manner
    }
  }

  /// How many of `wanted` bytes may still go, and how the connection is to be cut after them.
  func allowance(_ wanted: Int) -> (bytes: Int, cut: FaultyProxy.Manner?) {
    read { state in
      guard let (left, manner) = state.cutAfter else { return (wanted, nil) }
      if left > wanted {
        state.cutAfter = (left - wanted, manner)
        return (wanted, nil)
      }
      state.cutAfter = nil
      state.cutsDone += 1
      return (left, manner)
    }
  }

  /// Takes the trap if the bytes a client sent spring it.
  func spring(by bytes: ArraySlice<UInt8>) -> FaultyProxy.Delivery? {
    read { state in
      guard let trap = state.trap, bytes.firstRange(of: trap.pattern) != nil else { return nil }
      state.trap = nil
      return trap.delivery
    }
  }
}
