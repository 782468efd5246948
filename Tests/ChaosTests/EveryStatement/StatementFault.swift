import Foundation
import TestServers

/// What happens to a connection at one statement.
enum StatementFault: String, Sendable, CaseIterable {
  case cutBefore = "cut before"
  case cutAfter = "cut after"
  case cancelled
  case terminated

  /// Lets it happen, once.
  ///
  /// - Parameters:
  ///   - wanted: the statement's number.
  ///   - cluster: where the statements go.
  func watch(at wanted: Int, on cluster: TestCluster) -> StatementWatch {
    StatementTry.watch { number, _ in
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
  }
}

/// How many statements are tried: all, or every so many.
enum Steps {
  /// BACKFILL_TEST_EVERY_STATEMENT is one of so many; 1 tries all.
  static let width = Int(ProcessInfo.processInfo.environment["BACKFILL_TEST_EVERY_STATEMENT"] ?? "") ?? 40

  /// So that different things are tried at different statements.
  static func offset(of name: String) -> Int { name.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 } }
}

extension TestServer {
  /// The oldest and the newest, of the Community edition where there is one.
  static let statementEnds = community.isEmpty ? ends : communityEnds
}
