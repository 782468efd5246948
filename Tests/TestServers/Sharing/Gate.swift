/// Lets so many through at a time and the others wait their turn. Swift Testing begins all cases at once; on a machine with
/// two cores a hundred servers and programs at the same time would only make each other run into their time limits.
actor Gate {
  /// Runs of the program that a test waits for.
  static let programs = Gate(width: 8)
  /// Makings of databases and copies of schemas.
  static let databases = Gate(width: 2)

  private var free: Int
  private var waiting: [CheckedContinuation<Void, Never>] = []

  init(width: Int) { free = width }

  nonisolated func pass<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    await enter()
    do {
      let value = try await body()
      await leave()
      return value
    } catch {
      await leave()
      throw error
    }
  }

  private func enter() async {
    if free > 0 {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  /// Whoever waits longest takes the place over.
  private func leave() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
