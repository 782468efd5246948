/// What the cases of a test share, made when the first of them asks for it.
public actor Once<Value: Sendable> {
  private let make: @Sendable () async throws -> Value
  private var making: Task<Value, any Error>?

  public init(_ make: @escaping @Sendable () async throws -> Value) { self.make = make }

  public func value() async throws -> Value {
    let task =
      making
      ?? CaseDatabases.none {
        Task(executorPreference: TestThreads.all) { [make] in try await make() }
      }
    making = task
    return try await task.value
  }
}

/// What the tests that ask with the same key share, made when the first of them asks for it.
public actor OnceEach<Key: Hashable & Sendable, Value: Sendable> {
  private let make: @Sendable (Key) async throws -> Value
  private var made: [Key: Once<Value>] = [:]

  public init(_ make: @escaping @Sendable (Key) async throws -> Value) { self.make = make }

  public func value(_ key: Key) async throws -> Value {
    let once = made[key] ?? Once { [make] in try await make(key) }
    made[key] = once
    return try await once.value()
  }
}
