import Synchronization

/// Counts what clients ask their servers, from when it passes the proxies; one ledger for all of a run's
/// connections.
///
/// Round trips in series are counted by a logical clock: what a client sends is as late as the latest
/// answer that has reached it on any connection, and an answer is one round trip later than what it
/// answers. So two servers asked at the same time count once, and a statement that waits for another's
/// answer counts one more. It takes a client that does one thing at a time (one worker), and a delay that
/// keeps answers apart from what is sent meanwhile. What this program asks by the second, beside its work, is nothing
/// that anything waits for, and isn't counted as a round trip.
final class TripLedger: Sendable {
  private struct Line {
    var serverSpokeLast = true
    /// The clock of what has reached the server.
    var atServer = 0
    /// What is being asked is asked beside the work.
    var isAside = false
  }

  private struct State {
    var lines: [Int: Line] = [:]
    var opened = 0
    var atClient = 0
    var trips = Trips()
  }

  private let state = Mutex(State())

  /// - Returns: the number that the connection goes by.
  func open() -> Int {
    state.withLock { state in
      state.opened += 1
      state.trips.connections += 1
      state.lines[state.opened] = Line()
      return state.opened
    }
  }

  /// Whether the number of workers is to be changed, which is looked at each second.
  private static let look = "SELECT parallelism FROM __backfill.session"

  /// - Returns: the clock of what the client has sent.
  func clientSent(_ line: Int, _ message: ArraySlice<UInt8>) -> Int {
    let header = 5
    return state.withLock { state in
      state.lines[line]?.isAside = message.dropFirst(header).starts(with: Self.look.utf8)
      if state.lines[line]?.serverSpokeLast == true {
        state.trips.turnarounds += 1
        state.lines[line]?.serverSpokeLast = false
      }
      state.trips.bytes += message.count
      return state.atClient
    }
  }

  func reachedServer(_ line: Int, clock: Int) {
    state.withLock { state in
      let before = state.lines[line]?.atServer ?? 0
      state.lines[line]?.atServer = max(before, clock)
    }
  }

  /// - Returns: the clock of what the server has answered.
  func serverSent(_ line: Int, bytes: Int, statements: Int) -> Int {
    state.withLock { state in
      state.trips.bytes += bytes
      state.trips.statements += statements
      let asked = state.lines[line]?.atServer ?? 0
      return state.lines[line]?.isAside == true ? asked : asked + 1
    }
  }

  func reachedClient(_ line: Int, clock: Int) {
    state.withLock { state in
      state.lines[line]?.serverSpokeLast = true
      state.atClient = max(state.atClient, clock)
      state.trips.inSeries = state.atClient
    }
  }

  /// What was counted since the last time, for the next run to begin at zero.
  func take() -> Trips {
    state.withLock { state in
      defer { state = State(opened: state.opened) }
      return state.trips
    }
  }
}
