import Foundation
import Synchronization
import TestServers

/// An application at work on a database beside the program, with a connection of its own for each of its threads.
final class Application: Sendable {
  private struct State {
    var transactions = 0
    var errors: [String] = []
    var running = 0
    var hasToStop = false
  }

  private let state = Mutex(State())

  var transactions: Int { state.withLock { $0.transactions } }
  var errors: [String] { state.withLock { $0.errors } }

  /// Begins to run transactions.
  ///
  /// - Parameter transaction: the statements of one, by the number of the thread and of the transaction.
  init(
    on database: TestDatabase, threads: Int,
    transaction: @escaping @Sendable (_ thread: Int, _ number: Int) -> [String]
  ) throws {
    for thread in 0..<threads {
      state.withLock { $0.running += 1 }
      Thread.detachNewThread { [self] in
        var number = 0
        while !state.withLock({ $0.hasToStop }) {
          do {
            let session = try database.session()
            while !state.withLock({ $0.hasToStop }) {
              number += 1
              for statement in transaction(thread, number) { try session.execute(statement) }
              state.withLock { $0.transactions += 1 }
            }
          } catch {
            state.withLock { $0.errors.append("\(error)") }
          }
        }
        state.withLock { $0.running -= 1 }
      }
    }
  }

  /// Ends after the transactions under way.
  func stop() async throws {
    state.withLock { $0.hasToStop = true }
    while state.withLock({ $0.running }) > 0 { try await Task.sleep(for: .milliseconds(10)) }
  }
}
