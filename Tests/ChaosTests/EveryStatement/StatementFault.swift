import Foundation
import TestServers

/// What happens to a connection at one statement.
enum StatementFault: String, Sendable, CaseIterable {
  case cutBefore = "cut before"
  case cutAfter = "cut after"
  case cancelled
  case terminated

  /// Lets it happen, once, in what goes through one of the proxies until that is healed.
  ///
  /// - Parameter wanted: the statement's number.
  /// - Returns: what is watched from now on.
  func strike(at wanted: Int, on side: StatementStand.Side, of attempt: StatementTry) -> StatementWatch {
    let cluster = attempt.database(side).cluster
    let watch = StatementTry.watch { number, _ in
      guard number == wanted else { return .passes }
      switch self {
      case .cutBefore: return .cutBefore
      case .cutAfter: return .cutAfter
      case .cancelled, .terminated:
        let function = self == .cancelled ? "pg_cancel_backend" : "pg_terminate_backend"
        return .followed { port in
          try? cluster.executeAsSuperuser(
            "SELECT \(function)(pid) FROM pg_stat_activity WHERE client_port = \(port)")
        }
      }
    }
    attempt.proxy(side).watch(watch)
    return watch
  }
}

/// How many statements are tried: all, or every so many.
enum Steps {
  /// BACKFILL_TEST_EVERY_STATEMENT is one of so many; 1 tries all.
  static let width = Int(ProcessInfo.processInfo.environment["BACKFILL_TEST_EVERY_STATEMENT"] ?? "") ?? 40

  /// The numbers of statements at which something is tried: for different things different ones.
  ///
  /// - Parameters:
  ///   - name: what is tried.
  ///   - count: how many statements there are.
  static func numbers(for name: String, below count: Int, width: Int = width) -> StrideTo<Int> {
    let offset = name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 }
    return stride(from: offset % width, to: count, by: width)
  }
}

extension TestServer {
  /// The oldest and the newest, of the Community edition where there is one.
  static let statementEnds = community.isEmpty ? ends : communityEnds
}
